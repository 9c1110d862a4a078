import { reaches, scopeOf } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';

/** Throws `forbidden` unless the caller is an admin of the project. */
export function requireAdmin({ actor }: AdmittedContext, project: string | null, deed: string): void {
  if (reaches(scopeOf(actor, 'administer'), project)) return;
  throw fail(
    'forbidden',
    `To ${deed} asks for the role admin on ${project === null ? 'everything' : `project "${project}"`}.`,
  );
}
