import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { attributesOf, requireHost } from '../hosts/read.ts';
import { command, query, type Target } from '../operation.ts';
import { expectedVersion, HostName, nullable, object, ProjectName, paging, StringMap, T } from '../schema.ts';
import { volumeSightOf } from '../shares/shared-with.ts';
import { assign } from './assign.ts';
import { create } from './create.ts';
import { historyTarget, listEvents } from './history.ts';
import {
  DataClass,
  EnvironmentName,
  HostVolumes,
  type KnownVolume,
  NewVolumeName,
  Volume,
  VolumeEventPage,
  VolumeKind,
  VolumeName,
  VolumePage,
} from './model.ts';
import { newLabels } from './new-labels.ts';
import { sharedVolumeTarget, volumeTarget } from './read.ts';
import { showVolume } from './show-volume.ts';
import * as store from './store.ts';
import { refuseImpossible } from './volume-filter.ts';

const address = { host: HostName, name: VolumeName };
const volumesOfHost = 20;

export const listVolumes = query('volumes.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List volumes',
  description:
    'Of all hosts, by host and name: those of projects in reach, and those that a rule shares with the caller. All filters that are given must hold.',
  input: object({
    host: T.Optional(HostName),
    project: T.Optional(ProjectName),
    environment: T.Optional(EnvironmentName),
    class: T.Optional(DataClass),
    driver: T.Optional(T.String({ minLength: 1, maxLength: 255 })),
    kind: T.Optional(VolumeKind),
    dangling: T.Optional(T.Boolean({ description: 'Mounted by no container: the opposite of `inUse`.' })),
    inUse: T.Optional(T.Boolean({ description: 'Mounted by a container, running or not.' })),
    unusedFor: T.Optional(
      T.Integer({
        minimum: 0,
        maximum: 2 ** 31 - 1,
        description: 'Seconds for which no container had it mounted; since it was made when none is known to have.',
      }),
    ),
    name: T.Optional(T.String({ minLength: 1, maxLength: 255, description: 'Part of the name.' })),
    label: T.Optional(
      T.Array(T.String({ minLength: 1, maxLength: 512 }), {
        maxItems: 10,
        description: '`key` or `key=value`; each must be there.',
      }),
    ),
    ...paging,
  }),
  output: VolumePage,
  async run({ ports, actor, scope }, { limit = 50, cursor, ...filter }) {
    refuseImpossible(filter);
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    const { items, nextCursor } = await store.listVolumes(
      ports.db,
      await volumeSightOf(ports.db, actor, scope),
      filter,
      limit,
      cursor,
    );
    return { items: shown(ports, items), nextCursor };
  },
});

export const getVolume = query('volumes.get', {
  permission: 'read',
  reach: sharedVolumeTarget,
  summary: 'Read a volume',
  input: object(address),
  output: Volume,
  async run({ ports }, { host, name }) {
    const volume = await store.findVolume(ports.db, host, name);
    if (volume === null) throw volumeTarget.absent({ host, name });
    return showVolume(volume, ports.config.naming);
  },
});

export const listVolumeEvents = query('volumes.history', {
  permission: 'read',
  reach: historyTarget,
  summary: 'Read what happened to a volume',
  description:
    'When it was made, which containers had it mounted and when, and when it was deleted; newest first. Of a volume that was deleted too, until its events are forgotten.',
  input: object({ ...address, ...paging }),
  output: VolumeEventPage,
  run: ({ ports, scope }, { host, name, limit = 50, cursor }) =>
    listEvents(ports.db, scope, { host, name }, limit, cursor),
});

/** A new volume belongs to the project that its labels will say. */
const newVolumeTarget: Target<Parameters<typeof newLabels>[0]> = {
  find: async (_context, input) => attributesOf(newLabels(input)),
  absent: (input) =>
    fail(
      'forbidden',
      `You have no role in ${input.project === undefined ? 'what belongs to no project; name the project of the volume' : `project "${input.project}"`}.`,
    ),
};

export const createVolume = command('volumes.create', {
  permission: 'operate',
  reach: newVolumeTarget,
  summary: 'Create a volume',
  description:
    'Project, environment and class are written to the volume as labels as well. Options of the driver `local` are checked by name (NFS, CIFS, tmpfs, bind, Ceph, GlusterFS, block devices); those of other drivers are for them to judge. A password in the options is shown nowhere by Stowage, but `docker volume inspect` shows it. Options other than those of a tmpfs, and drivers other than `local`, reach into the host: they ask for the role admin on everything.',
  input: object({
    host: HostName,
    name: NewVolumeName,
    driver: T.Optional(
      T.String({ minLength: 1, maxLength: 255, default: 'local', description: 'Docker volume driver.' }),
    ),
    options: T.Optional(StringMap),
    labels: T.Optional(StringMap),
    project: T.Optional(ProjectName),
    environment: T.Optional(EnvironmentName),
    class: T.Optional(DataClass),
  }),
  output: Volume,
  run: create,
});

export const updateVolume = command('volumes.update', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Assign a volume to a project, an environment or a class',
  description:
    'What is assigned wins over what the labels of the volume say; null takes it back, so that the labels count again. A change of project asks for the role in both.',
  input: object({
    ...address,
    project: T.Optional(nullable(ProjectName)),
    environment: T.Optional(nullable(EnvironmentName)),
    class: T.Optional(nullable(DataClass)),
    expectedVersion,
  }),
  output: Volume,
  run: assign,
});

export const volumesByAddress = query('volumes.byAddress', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'The volume that is mounted; null for other types, and when the caller may not see it.',
  input: object({ addresses: T.Array(T.String(), { maxItems: 1000, description: '`host/name`' }) }),
  output: T.Array(Volume),
  run: async ({ ports, actor, scope }, { addresses }) =>
    shown(ports, await store.volumesByAddress(ports.db, await volumeSightOf(ports.db, actor, scope), addresses)),
});

export const volumesOfHosts = query('volumes.ofHosts', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: `Its first ${volumesOfHost} volumes; \`volumes\` gives all.`,
  input: object({ hosts: T.Array(HostName, { maxItems: 100 }) }),
  output: T.Array(HostVolumes),
  async run({ ports, actor, scope }, { hosts }) {
    const sight = await volumeSightOf(ports.db, actor, scope);
    const pages = await store.firstVolumesOfHosts(ports.db, sight, hosts, volumesOfHost);
    return pages.map(({ items, ...page }) => ({ ...page, items: shown(ports, items) }));
  },
});

function shown({ config }: Pick<Ports, 'config'>, volumes: readonly KnownVolume[]): Volume[] {
  return volumes.map((volume) => showVolume(volume, config.naming));
}
