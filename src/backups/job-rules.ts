import { type Actor, type Permission, reaches, scopeOf } from '../access/roles.ts';
import { fail } from '../errors.ts';
import type { LockRequest, RunningJob } from '../jobs/handler.ts';

/** One job at a time works on a volume. */
export function volumeLock(host: string, volume: string): LockRequest {
  return { resource: `volume/${host}/${volume}`, slots: 1 };
}

/** What reads a snapshot holds one of these; what removes it must hold all of them. */
export function snapshotLock(snapshot: string): LockRequest {
  return { resource: `snapshot/${snapshot}`, slots: 32 };
}

/** The volume of a job of this domain, each of which has one. */
export function volumeOf({ volume }: Pick<RunningJob, 'volume'>): string {
  if (volume === null) throw new Error('The job names no volume.');
  return volume;
}

/** The check of rights at the start of a job: what was allowed when it was asked for may be so no more. */
export function allowedFor(permission: Permission) {
  return (actor: Actor, { project, volume }: Pick<RunningJob, 'project' | 'volume'>): void => {
    if (!reaches(scopeOf(actor, permission), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "${permission}" on ${volume === null ? 'all volumes of the job' : `volume "${volume}"`} any more; the job was not started.`,
      );
  };
}

/** The check of rights of a backup. Commands in containers ask for more; those of a policy were allowed to whoever made it. */
export function allowedToBackUp({
  source,
  hooks = [],
}: {
  readonly source?: string | undefined;
  readonly hooks?: readonly unknown[] | undefined;
}) {
  return allowedFor(source === undefined && hooks.length > 0 ? 'administer' : 'operate');
}
