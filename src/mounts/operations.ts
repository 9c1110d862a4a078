import { ContainerAddress } from '../containers/model.ts';
import { containerTarget, findContainer } from '../containers/read.ts';
import { Severity } from '../findings/model.ts';
import { requireHost } from '../hosts/read.ts';
import { command, query } from '../operation.ts';
import { addresses, expectedVersion, HostName, nullable, object, ProjectName, paging, T } from '../schema.ts';
import { volumeSightOf } from '../shares/shared-with.ts';
import { VolumeName } from '../volumes/model.ts';
import { adviseMount } from './advice.ts';
import { MountAdvice, MountPurpose } from './advice-model.ts';
import { evaluate } from './evaluate.ts';
import { ComposeService, ContainerSpec, MountEvaluation } from './evaluation-model.ts';
import { Mount, MountPage, MountPropagation, MountType } from './model.ts';
import { MountPreset, MountPresetName, MountPresetPage, PresetMode, presetFields } from './preset-model.ts';
import * as presets from './preset-store.ts';
import { usualTarget } from './presets.ts';
import { SpecificationSource, SpecificationTarget } from './specification-model.ts';
import * as store from './store.ts';

export const listMounts = query('mounts.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List mounts',
  description:
    'Of all containers of all hosts: of volumes of projects in reach, and of volumes that a rule shares with the caller those of containers in reach. All filters that are given must hold; `severity` is met by a finding that is at least as bad.',
  input: object({
    type: T.Optional(MountType),
    host: T.Optional(HostName),
    container: T.Optional(ContainerAddress),
    volume: T.Optional(VolumeName),
    project: T.Optional(ProjectName),
    readOnly: T.Optional(T.Boolean()),
    target: T.Optional(T.String({ minLength: 1, maxLength: 4096, description: 'Path in the container.' })),
    source: T.Optional(
      T.String({ pattern: '^/', maxLength: 4096, description: 'Path on the host: it and what is below it.' }),
    ),
    driver: T.Optional(T.String({ minLength: 1, maxLength: 255, description: 'Driver of the volume.' })),
    propagation: T.Optional(MountPropagation),
    user: T.Optional(T.String({ maxLength: 255, description: 'User of the container; empty for root.' })),
    severity: T.Optional(Severity),
    ...paging,
  }),
  output: MountPage,
  async run({ ports, actor, scope }, { limit = 50, cursor, ...filter }) {
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    return await store.listMounts(ports.db, await volumeSightOf(ports.db, actor, scope), filter, limit, cursor);
  },
});

export const listContainerMounts = query('mounts.listOfContainer', {
  permission: 'read',
  reach: containerTarget,
  summary: 'List the mounts of a container',
  input: object({ host: HostName, container: ContainerAddress, ...paging }),
  output: MountPage,
  async run({ ports, actor, scope }, { host, container, limit = 50, cursor }) {
    const found = await findContainer(ports.db, host, container);
    if (found === null) throw containerTarget.absent({ host, container });
    const sight = await volumeSightOf(ports.db, actor, scope);
    return await store.listMounts(ports.db, sight, { host, container: found.id }, limit, cursor);
  },
});

export const evaluateMounts = query('mounts.evaluate', {
  permission: 'read',
  reach: 'anything',
  summary: 'Judge the mounts of a container before it is created',
  description:
    'Takes the body of a request to create a container, or a service of a compose file; answers what Docker would mount, the findings that the container would have, and a verdict by the policy of this installation (`STOWAGE_WARN_FROM`, `STOWAGE_DENY_FROM`, `STOWAGE_RULES`). Nothing is made or changed. A volume that belongs to a project that the caller cannot see is judged as one of another project; nothing else of it is told. Paths of the host are looked at for who may read everything, for others below the allowed roots only.',
  input: object({
    host: T.Optional(HostName),
    container: T.Optional(ContainerSpec),
    compose: T.Optional(ComposeService),
  }),
  output: MountEvaluation,
  run: async ({ ports, actor, scope }, input) => evaluate(ports, await volumeSightOf(ports.db, actor, scope), input),
});

export const getMountAdvice = query('mounts.advise', {
  permission: 'read',
  reach: 'anything',
  summary: 'Ask which mount suits a purpose',
  description:
    'Volume, bind or tmpfs, with the reason and what Docker is told. What is not given has an example in its place.',
  input: object({
    purpose: MountPurpose,
    target: T.Optional(SpecificationTarget),
    name: T.Optional(
      T.String({
        pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]+$',
        maxLength: 255,
        description: 'Name of the volume, where one is advised.',
      }),
    ),
    source: T.Optional(SpecificationSource),
    readOnly: T.Optional(T.Boolean()),
  }),
  output: MountAdvice,
  run: async (_context, wish) => adviseMount(wish),
});

const presetAddress = { preset: MountPresetName };
const shownFor = { target: T.Optional(SpecificationTarget) };

export const listMountPresets = query('mountPresets.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the mount presets',
  description: 'Those that every installation has come first. `target` is where their specifications mount to: /tmp.',
  input: object({ ...shownFor, ...paging }),
  output: MountPresetPage,
  run: ({ ports }, { target = usualTarget, limit = 50, cursor }) =>
    presets.listPresets(ports.db, target, limit, cursor),
});

export const getMountPreset = query('mountPresets.get', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read a mount preset',
  description: '`target` is where its specification mounts to: /tmp when not given.',
  input: object({ ...presetAddress, ...shownFor }),
  output: MountPreset,
  async run({ ports }, { preset, target = usualTarget }) {
    const found = await presets.findPreset(ports.db, preset, target);
    if (found === null) throw presets.presetNotFound(preset);
    return found;
  },
});

export const createMountPreset = command('mountPresets.create', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Create a mount preset',
  description: 'A flag that is not given is set.',
  input: object({
    name: MountPresetName,
    sizeBytes: presetFields.sizeBytes,
    description: T.Optional(presetFields.description),
    noexec: T.Optional(presetFields.noexec),
    nosuid: T.Optional(presetFields.nosuid),
    nodev: T.Optional(presetFields.nodev),
    mode: T.Optional(PresetMode),
  }),
  output: MountPreset,
  async run({ ports, actor }, { description = '', noexec = true, nosuid = true, nodev = true, mode = null, ...rest }) {
    const settings = { ...rest, description, noexec, nosuid, nodev, mode, createdBy: actor.subject };
    return await presets.createPreset(ports.db, settings, usualTarget);
  },
  async recall({ ports, actor }, { name, sizeBytes }) {
    const found = await presets.findPreset(ports.db, name, usualTarget);
    return found?.createdBy === actor.subject && found.sizeBytes === sizeBytes ? found : null;
  },
});

export const updateMountPreset = command('mountPresets.update', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Change a mount preset',
  description: 'Containers that were made from it stay as they are.',
  input: object({
    ...presetAddress,
    description: T.Optional(presetFields.description),
    sizeBytes: T.Optional(presetFields.sizeBytes),
    noexec: T.Optional(presetFields.noexec),
    nosuid: T.Optional(presetFields.nosuid),
    nodev: T.Optional(presetFields.nodev),
    mode: T.Optional(nullable(PresetMode)),
    expectedVersion,
  }),
  output: MountPreset,
  async run({ ports }, { preset, expectedVersion: version, ...changes }) {
    await presets.updatePreset(ports.db, preset, changes, version);
    const changed = await presets.findPreset(ports.db, preset, usualTarget);
    if (changed === null) throw presets.presetNotFound(preset);
    return changed;
  },
});

export const deleteMountPreset = command('mountPresets.delete', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Delete a mount preset',
  description: 'Containers that were made from it stay as they are.',
  input: object({ ...presetAddress, expectedVersion }),
  output: MountPreset,
  async run({ ports }, { preset, expectedVersion: version }) {
    const found = await presets.findPreset(ports.db, preset, usualTarget);
    if (found === null) throw presets.presetNotFound(preset);
    await presets.deletePreset(ports.db, preset, version);
    return found;
  },
});

export const mountsOfVolumes = query('mounts.ofVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Where it is mounted.',
  input: object({ volumes: addresses('name') }),
  output: T.Array(Mount),
  run: async ({ ports, actor, scope }, { volumes }) =>
    store.mountsOfVolumes(ports.db, await volumeSightOf(ports.db, actor, scope), volumes),
});

export const mountsOfContainers = query('mounts.ofContainers', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'What it has mounted, as far as the caller may see it.',
  input: object({ containers: addresses('id') }),
  output: T.Array(Mount),
  run: async ({ ports, actor, scope }, { containers }) =>
    store.mountsOfContainers(ports.db, await volumeSightOf(ports.db, actor, scope), containers),
});
