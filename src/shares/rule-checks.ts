import { instantOf } from '../access/read.ts';
import { type Actor, reaches, scopeOf } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import type { RuleSubject } from './decide.ts';
import type { ShareRow } from './store.ts';

/** Throws `invalid_input` for a rule that would give what is so anyway. */
export function requireSense({ project }: ShareRow, subject: RuleSubject, acrossEnvironments: boolean): void {
  const isOwnProject = subject.kind === 'project' && subject.value === project;
  if (isOwnProject && !acrossEnvironments)
    throw fail(
      'invalid_input',
      `Project "${project}" owns the volume and needs no rule, but to use it across environments (\`acrossEnvironments\`).`,
    );
}

/** Throws `forbidden` where it takes an admin of the project of the share. */
export function requireMayDecide(
  { actor }: AdmittedContext,
  { project }: Pick<ShareRow, 'project'>,
  acrossEnvironments: boolean,
): void {
  if (!acrossEnvironments || reaches(scopeOf(actor, 'administer'), project)) return;
  throw fail(
    'forbidden',
    `To share across environments asks for the role admin on ${project === null ? 'everything' : `project "${project}"`}.`,
  );
}

/** Whether a rule is about the caller in person. */
export function isAbout({ kind, value }: RuleSubject, actor: Actor): boolean {
  return (kind === 'user' || kind === 'service') && value === actor.subject;
}

/** Throws `forbidden` for a subject that the caller does not speak for. */
export function requireMayAskFor({ actor, scope }: AdmittedContext, subject: RuleSubject): void {
  const project = subject.kind === 'project' ? subject.value : subject.project;
  if (project === null ? isAbout(subject, actor) : reaches(scope, project)) return;
  throw fail(
    'forbidden',
    project === null
      ? `You can ask for yourself ("${actor.subject}") and for projects that you operate.`
      : `You do not operate project "${project}", so you cannot ask for it.`,
  );
}

/** The end that a rule is to have; null for none. Throws `invalid_input` for one in the past. */
export function futureOf(expiresAt: string | undefined): Date | null {
  const end = instantOf('expiresAt', expiresAt) ?? null;
  if (end !== null && end.getTime() <= Date.now())
    throw fail('invalid_input', `/expiresAt: ${expiresAt} is not in the future.`);
  return end;
}
