import type { VolumeFacts, VolumeUser } from '../facts.ts';
import { nameList } from '../name-list.ts';
import { rule } from '../rule.ts';

const dayMs = 86_400_000;
const unusedDays = 7;

export const severalWriters = rule({
  id: 'VOL-001',
  subject: 'volume',
  title: 'Several containers write to one volume',
  severity: 'medium',
  why: 'Docker does not keep writers apart. Programs that do not know of each other overwrite what the other wrote; most databases are damaged when two servers open the same data.',
  remedy:
    'Let one container write, and mount the volume read-only in the others: `-v NAME:TARGET:ro`. If all must write, their program must be made for it.',
  check({ name, users }) {
    const writers = namesOf(users.filter(({ readOnly, container }) => !readOnly && isAlive(container.state)));
    if (writers.length < 2) return null;
    return {
      detail: `${writers.length} running containers may write to volume ${name}: ${nameList(writers)}.`,
      evidence: { writers: nameList(writers) },
    };
  },
});

export const unusedVolume = rule({
  id: 'VOL-002',
  subject: 'volume',
  title: 'A volume is not used',
  severity: 'info',
  why: `No container in any state has the volume mounted, for ${unusedDays} days or longer. It takes space, and nobody may know any more what it is for. Its labels, project and class do not matter to this rule.`,
  remedy:
    'Look into it, back it up, and delete it: `DELETE /v1/hosts/HOST/volumes/NAME?confirm=NAME` keeps a last snapshot for a while. If it is to stay, acknowledge this finding with the reason.',
  check(volume, { now }) {
    const { name, users } = volume;
    const lastUsedAt = lastUseOf(volume);
    if (users.length > 0 || lastUsedAt === null) return null;
    if (now.getTime() - lastUsedAt.getTime() < unusedDays * dayMs) return null;
    return {
      detail: `No container has volume ${name} mounted; it was last used, or made, at ${lastUsedAt.toISOString()}.`,
      evidence: { lastUsedAt: lastUsedAt.toISOString() },
    };
  },
});

export const foreignUser = rule({
  id: 'VOL-003',
  subject: 'volume',
  title: 'A volume is used by another project',
  severity: 'high',
  why: 'A container of another project reads, or even changes, data of this one: what is done to the volume here hits there as well, and who may see one project sees data of the other.',
  remedy:
    'Share the volume, with a rule for who needs it (`POST /v1/shares`): its uses are then judged by its rules. Or take the mount away there and hand the data over another way; or assign the volume to the project that it belongs to: `PATCH /v1/hosts/HOST/volumes/NAME` with `{"project": "…"}`.',
  check({ name, project, users, isShared }) {
    if (project === null || isShared) return null;
    const foreign = users.filter(({ container }) => container.project !== null && container.project !== project);
    if (foreign.length === 0) return null;
    const projects = [...new Set(foreign.flatMap(({ container }) => container.project ?? []))].sort();
    return {
      detail: `Volume ${name} belongs to project ${project}, and is mounted by ${nameList(namesOf(foreign))} of ${nameList(projects)}.`,
      evidence: { project, containers: nameList(namesOf(foreign)), otherProjects: nameList(projects) },
    };
  },
});

function lastUseOf({ lastUsedAt, createdAt }: VolumeFacts): Date | null {
  if (lastUsedAt === null || createdAt === null) return lastUsedAt ?? createdAt;
  return lastUsedAt > createdAt ? lastUsedAt : createdAt;
}

function isAlive(state: string): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** Of the containers, each once. */
function namesOf(users: readonly VolumeUser[]): string[] {
  return [...new Map(users.map(({ container }) => [container.id, container.name])).values()].sort();
}
