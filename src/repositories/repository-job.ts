import { type Actor, type Permission, reaches, scopeOf } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import type { Job, JobKind } from '../jobs/model.ts';
import { enqueueJob } from '../jobs/read.ts';
import { hostOf } from '../restic/repository-location.ts';
import { object, type Static, T } from '../schema.ts';
import { type RepositoryReference, resolveRepository } from './open-repository.ts';
import { requireReach } from './repository-reach.ts';

/** What the kinds of job about a repository as a whole are asked with. */
export const RepositoryJobInput = object({ repositoryId: T.String() });
export type RepositoryJobInput = Static<typeof RepositoryJobInput>;

/** Asks for a job about a whole repository. Throws `repository_not_found`, `host_not_found`, and `invalid_input` for a host that does not reach it. */
export async function enqueueRepositoryJob(
  context: AdmittedContext,
  kind: JobKind,
  { repository: nameOrId, host }: { repository: string; host?: string | undefined },
  input: Readonly<Record<string, unknown>> = {},
): Promise<Job> {
  const repository = await resolveRepository(context.ports.db, nameOrId);
  return await enqueueJob(context, {
    kind,
    host: workHost(context, repository, host),
    volume: null,
    project: null,
    input: { ...input, repositoryId: repository.id },
  });
}

/** The host whose helper works on a repository. */
function workHost(
  { ports }: AdmittedContext,
  repository: Pick<RepositoryReference, 'name' | 'location'>,
  wanted: string | undefined,
): string {
  const host = wanted ?? hostOf(repository.location) ?? ports.engines.names()[0] ?? 'local';
  ports.engines.get(host);
  requireReach(repository, host);
  return host;
}

/** The check of rights at the start of a job about a whole repository. */
export function allowedForAll(permission: Permission) {
  return (actor: Actor): void => {
    if (!reaches(scopeOf(actor, permission), null))
      throw fail('forbidden', `${actor.subject} may not "${permission}" everything any more; the job was not started.`);
  };
}
