import { fail } from '../errors.ts';
import { type Actor, type Grant, reaches, scopeOf } from './roles.ts';

/** Throws `forbidden` when `actor` gives more than they have: who administers a project gives roles on that project only. */
export function requireGrantable(actor: Actor, grants: readonly Grant[]): void {
  const scope = scopeOf(actor, 'administer');
  const beyond = grants.find(({ project }) => !reaches(scope, project));
  if (beyond !== undefined)
    throw fail('forbidden', `You cannot give the role ${beyond.role} ${beyond.project === null ? 'on everything' : `on project "${beyond.project}"`}: you do not administer that.`);
}
