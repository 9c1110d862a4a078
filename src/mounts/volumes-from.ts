import { type ProjectScope, reaches } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';
import type { MountFacts } from '../findings/facts.ts';
import { loadMounts } from '../findings/read.ts';
import { readMode } from './bind-spec.ts';
import { misfit, type Part, quoted, text } from './document-part.ts';
import type { EvaluationGap } from './evaluation-model.ts';
import type { Proposal, TakenOver } from './proposal.ts';
import { type ContainerName, containersNamed } from './store.ts';

/** An entry of `VolumesFrom`, `container[:mode]`, as Docker reads it. Throws where Docker refuses it. */
export function readVolumesFrom(part: Part): TakenOver {
  const entry = text(part);
  const [container = '', ...rest] = entry.split(':');
  if (container === '') throw misfit(part, `${quoted(entry)} must be "container" or "container:mode".`);
  const mode = readMode(rest.join(':'));
  if (mode === null || mode.propagation !== null || mode.copying !== null)
    throw misfit(part, `${quoted(rest.join(':'))} is no mode; mounts of another container are taken over as ro or rw.`);
  return { container: container.replace(/^\//, ''), readOnly: mode.access === 'ro' };
}

/**
 * Adds what a container takes over from others, as Docker does: a later one covers an earlier one at the same target, what
 * it mounts itself covers both, and what is only declared gives way. A container that the caller may not see is answered
 * as one that is not there; so is each mount of it that belongs to a project that the caller may not see. Constant statements.
 */
export async function withVolumesFrom(
  db: Reader,
  scope: ProjectScope,
  host: string,
  proposal: Proposal,
): Promise<{ readonly proposal: Proposal; readonly gaps: readonly EvaluationGap[] }> {
  const { container, volumesFrom, declared } = proposal;
  if (volumesFrom.length === 0) return { proposal, gaps: [] };
  const names = volumesFrom.map((one) => one.container);
  const candidates = await containersNamed(db, scope, host, names);
  const found = volumesFrom.map((one) => ({ ...one, id: idOf(one.container, candidates) }));
  const ids = [...new Set(found.flatMap(({ id }) => id ?? []))];
  const mounts = await loadMounts(db, host, ids);

  const taken = new Map<string, MountFacts>();
  let hidden = 0;
  for (const { id, readOnly } of found)
    for (const mount of (id === null ? undefined : mounts.get(id)) ?? []) {
      // One that belongs to the container alone; there is nothing in it to take over.
      if (mount.type === 'tmpfs') continue;
      if (reaches(scope, mount.project)) taken.set(mount.target, takenOver(mount, readOnly));
      else hidden += 1;
    }
  const isOwn = ({ target }: MountFacts) => !declared.has(target);
  for (const { target } of container.mounts.filter(isOwn)) taken.delete(target);
  const kept = container.mounts.filter((mount) => isOwn(mount) || !taken.has(mount.target));
  return {
    proposal: { ...proposal, container: { ...container, mounts: [...kept, ...taken.values()] } },
    gaps: [
      ...found.filter(({ id }) => id === null).map((one) => gap(missing(one.container))),
      ...(hidden === 0 ? [] : [gap(unseen(hidden))]),
    ],
  };
}

/** Docker keeps source, target, driver and propagation; it neither copies nor relabels anything for this container. */
function takenOver(mount: MountFacts, readOnly: boolean): MountFacts {
  return { ...mount, readOnly: mount.readOnly || readOnly, selinux: null, noCopy: false };
}

/** By full id, by name, else by the beginning of one id alone. */
function idOf(wanted: string, candidates: readonly ContainerName[]): string | null {
  const exact = candidates.find(({ id }) => id === wanted) ?? candidates.find(({ name }) => name === wanted);
  if (exact !== undefined) return exact.id;
  const [only, ...more] = candidates.filter(({ id }) => id.startsWith(wanted));
  return only === undefined || more.length > 0 ? null : only.id;
}

function gap(detail: string): EvaluationGap {
  return { about: 'volumes_from', detail };
}

function missing(container: string): string {
  return `There is no container ${quoted(container)} on the host, or you may not see it: its mounts are not judged, and Docker refuses to take over those of a container that is not there.`;
}

function unseen(mounts: number): string {
  return `${mounts} of the mounts that it takes over from other containers (VolumesFrom) belong to projects that you may not see; they are not judged.`;
}
