import { fail } from '../errors.ts';
import { type Actor, type Grant, projectOfAll, reaches, scopeOf } from './roles.ts';

/** Throws `forbidden` when `actor` gives more than they have: who administers a project gives roles on that project only. */
export function requireGrantable(actor: Actor, grants: readonly Grant[]): void {
  const scope = scopeOf(actor, 'administer');
  const beyond = grants.find(({ project }) => !reaches(scope, project));
  if (beyond !== undefined)
    throw fail(
      'forbidden',
      `You cannot give the role ${beyond.role} ${beyond.project === null ? 'on everything' : `on project "${beyond.project}"`}: you do not administer that.`,
    );
}

/** Whether `actor` administers everything that the holder of these grants has; nothing at all belongs to global admins. */
export function administersAll(actor: Actor, grants: readonly Grant[]): boolean {
  const scope = scopeOf(actor, 'administer');
  return scope === 'all' || (grants.length > 0 && grants.every(({ project }) => reaches(scope, project)));
}

/**
 * The project that a call about these grants belongs to: theirs when it is one; of several, one that `actor` administers;
 * null when that is none, or when `actor` does not administer all of them.
 */
export function projectOfGrants(actor: Actor, grants: readonly Grant[]): string | null {
  if (!administersAll(actor, grants)) return null;
  return projectOfAll(grants) ?? (scopeOf(actor, 'administer') === 'all' ? null : (grants[0]?.project ?? null));
}
