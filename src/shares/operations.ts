import { type Actor, reaches, scopeOf } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { requireHost } from '../hosts/read.ts';
import { command, query } from '../operation.ts';
import { repositoryInVolume } from '../repositories/read.ts';
import { addresses, expectedVersion, HostName, object, ProjectName, paging, T } from '../schema.ts';
import { VolumeName } from '../volumes/model.ts';
import { judgeAgain } from './judge-again.ts';
import {
  OfferedProjects,
  Share,
  ShareDescription,
  ShareName,
  ShareOffer,
  SharePage,
  ShareReaction,
  ShareRule,
} from './model.ts';
import { newestRulesOf } from './rule-store.ts';
import * as store from './store.ts';
import { newShareTarget, shareTarget, shownShareTarget } from './targets.ts';

const address = { share: ShareName };
const rulesOfEach = 50;

export const listShares = query('shares.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List shares',
  description:
    'By name: those of projects in reach, those that are offered to the caller, and those with a rule about the caller or a project in reach. All filters that are given must hold.',
  input: object({
    host: T.Optional(HostName),
    volume: T.Optional(VolumeName),
    project: T.Optional(ProjectName),
    ...paging,
  }),
  output: SharePage,
  async run({ ports, actor }, { limit = 50, cursor, ...filter }) {
    if (filter.host !== undefined) await requireHost(ports.db, filter.host);
    return await store.listShares(ports.db, actor, filter, limit, cursor);
  },
});

export const getShare = query('shares.get', {
  permission: 'read',
  reach: shownShareTarget,
  summary: 'Read a share',
  input: object(address),
  output: Share,
  run: ({ ports, actor }, { share }) => requireShare(ports.db, actor, share),
});

export const createShare = command('shares.create', {
  permission: 'operate',
  reach: newShareTarget,
  summary: 'Share a volume',
  description:
    'Nobody has access by that: rules give it. The project of the volume has access without a rule. A volume has one share; a share ends for good when the volume goes to another project. Names are unique in the installation, so a name that is taken is told to be. A reaction to violations asks for the role admin.',
  input: object({
    name: ShareName,
    host: HostName,
    volume: VolumeName,
    description: T.Optional(ShareDescription),
    offeredTo: T.Optional(ShareOffer),
    offeredProjects: T.Optional(OfferedProjects),
    onViolation: T.Optional(ShareReaction),
  }),
  output: Share,
  async run(
    context,
    { name, host, volume, description = '', offeredTo = 'nobody', offeredProjects, onViolation = 'leave' },
  ) {
    const { ports, actor, onceId } = context;
    const found = await newShareTarget.find(context, { host, volume });
    if (found === null) throw newShareTarget.absent({ host, volume });
    const { project } = found;
    if (!reaches(context.scope, project)) throw newShareTarget.absent({ host, volume });
    requireFittingOffer(offeredTo, offeredProjects);
    requireMayReact(actor, project, onViolation);
    const holds = await repositoryInVolume(ports.db, host, volume);
    if (holds !== null)
      throw fail(
        'repository_in_use',
        `Volume "${volume}" holds the repository "${holds}", with the data of all; it is not shared.`,
      );
    await store.createShare(ports.db, {
      id: onceId,
      name,
      hostName: host,
      volumeName: volume,
      project,
      description,
      offeredTo,
      offeredProjects: offeredProjects ?? [],
      onViolation,
      createdBy: actor.subject,
    });
    await judgeAgain(ports, host);
    return await requireShare(ports.db, actor, name);
  },
});

export const updateShare = command('shares.update', {
  permission: 'operate',
  reach: shareTarget,
  summary: 'Change a share',
  description: 'Rules stay as they are. A reaction to violations asks for the role admin.',
  input: object({
    ...address,
    description: T.Optional(ShareDescription),
    offeredTo: T.Optional(ShareOffer),
    offeredProjects: T.Optional(OfferedProjects),
    onViolation: T.Optional(ShareReaction),
    expectedVersion,
  }),
  output: Share,
  async run({ ports, actor }, { share: name, expectedVersion: version, ...wishes }) {
    const share = await requireShare(ports.db, actor, name);
    const { offeredTo = share.offeredTo, onViolation = share.onViolation } = wishes;
    requireFittingOffer(
      offeredTo,
      wishes.offeredProjects ?? (offeredTo === 'projects' ? share.offeredProjects : undefined),
    );
    if (onViolation !== share.onViolation) requireMayReact(actor, share.project, onViolation);
    const changes = offeredTo === 'projects' ? wishes : { ...wishes, offeredProjects: [] };
    await store.updateShare(ports.db, name, changes, version);
    await judgeAgain(ports, share.host);
    return await requireShare(ports.db, actor, name);
  },
});

export const deleteShare = command('shares.delete', {
  permission: 'operate',
  reach: shareTarget,
  summary: 'Stop sharing a volume',
  description:
    'Its rules end at once and are forgotten, with their history; what mounts the volume stays as it is. The volume and its data stay.',
  input: object({
    ...address,
    confirm: T.Optional(T.String({ description: 'Name of the share, once more.' })),
    expectedVersion,
  }),
  output: Share,
  async run({ ports, actor }, { share: name, confirm, expectedVersion: version }) {
    if (confirm !== name)
      throw fail('confirmation_required', `Repeat the name of the share in \`confirm\`: "${name}".`);
    const share = await requireShare(ports.db, actor, name);
    await store.deleteShare(ports.db, name, version);
    await judgeAgain(ports, share.host);
    return share;
  },
});

export const sharesOfVolumes = query('shares.ofVolumes', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Its share, as far as the caller may see it: one, or none.',
  input: object({ volumes: addresses('name') }),
  output: T.Array(Share),
  run: ({ ports, actor }, { volumes }) => store.sharesOfVolumes(ports.db, actor, volumes),
});

export const rulesOfShares = query('shareRules.ofShares', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: `Its access rules that the caller may see, of the newest ${rulesOfEach}.`,
  input: object({ shares: T.Array(T.String(), { maxItems: 500 }) }),
  output: T.Array(ShareRule),
  run: ({ ports, actor }, { shares }) => newestRulesOf(ports.db, actor, shares, rulesOfEach),
});

async function requireShare(db: AdmittedContext['ports']['db'], actor: Actor, name: string): Promise<Share> {
  const share = await store.findShare(db, actor, name);
  if (share === null) throw store.shareNotFound(name);
  return share;
}

/** Throws `invalid_input` for projects without an offer to them, and for an offer to none. */
function requireFittingOffer(offeredTo: Share['offeredTo'], projects: readonly string[] | undefined): void {
  const isToProjects = offeredTo === 'projects';
  const namesSome = projects !== undefined && projects.length > 0;
  if (isToProjects === namesSome) return;
  const message = isToProjects
    ? 'name the projects that it is offered to'
    : `a share that is offered to ${offeredTo} names no projects; leave them out`;
  throw fail('invalid_input', {
    detail: `/offeredProjects: ${message}`,
    errors: [{ path: '/offeredProjects', rule: 'offer', message }],
  });
}

/** To stop containers, of other projects too, asks for more than to offer a volume. */
function requireMayReact(actor: Actor, project: string | null, reaction: Share['onViolation']): void {
  if (reaction === 'leave' || reaches(scopeOf(actor, 'administer'), project)) return;
  throw fail(
    'forbidden',
    `To ${reaction} containers on a violation asks for the role admin on ${project === null ? 'everything' : `project "${project}"`}.`,
  );
}
