import { Compile } from 'typebox/compile';
import { Subject } from '../access/model.ts';
import { roleNames } from '../access/roles.ts';
import { type Failure, fail } from '../errors.ts';
import { ProjectName } from '../schema.ts';
import type { RuleSubject } from './decide.ts';
import type { ShareSubjectInput } from './model.ts';

const credentialSubject = Compile(Subject);
const projectName = Compile(ProjectName);

/** What a label of Docker may be called here: with the value it stands in one text. */
const labelSelector = /^[^\s=]+(=.*)?$/;

/** Whom a rule is to be about. Throws `invalid_input` where the value does not fit the kind. */
export function requireSubject({ kind, value, project: within }: ShareSubjectInput): RuleSubject {
  const project = within ?? null;
  const isWithinProject = kind === 'role' || kind === 'container_label';
  if (isWithinProject && project === null) throw misfit('project', `a ${kind} counts within a project: name it.`);
  if (!isWithinProject && project !== null)
    throw misfit('project', `only a role and a container_label count within a project; leave it out for a ${kind}.`);
  const wanted = formOf(kind, value);
  if (wanted !== null) throw misfit('value', `"${value}" is no ${kind}: ${wanted}.`);
  return { kind, value, project };
}

/** What the value must be, when it is not. */
function formOf(kind: RuleSubject['kind'], value: string): string | null {
  switch (kind) {
    case 'user':
      return credentialSubject.Check(value) && value.startsWith('user:') ? null : 'it must be user:<issuer>|<sub>';
    case 'service':
      return credentialSubject.Check(value) && !value.startsWith('user:')
        ? null
        : 'it must be service:<name>, service:<project>/<name> or key:<id>';
    case 'role':
      return roleNames.some((role) => role === value) ? null : `it must be one of ${roleNames.join(', ')}`;
    case 'project':
      return projectName.Check(value) ? null : 'it must be the name of a project';
    case 'container_label':
      return labelSelector.test(value) ? null : 'it must be key or key=value';
    case 'client_certificate':
      return value.trim() === value ? null : 'it must not begin or end with a space';
  }
}

function misfit(field: string, message: string): Failure {
  return fail('invalid_input', {
    detail: `/subject/${field}: ${message}`,
    errors: [{ path: `/subject/${field}`, rule: 'subject', message }],
  });
}
