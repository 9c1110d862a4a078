import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import { administersAll, projectOfGrants, requireGrantable } from './grantable.ts';
import type { Grant, Role } from './roles.ts';
import { findBinding, findKey } from './store.ts';

interface GrantSpec {
  readonly role: Role;
  readonly project?: string;
}

/** A role as it is asked for, as it is kept. */
export function toGrant({ role, project }: { role: Role; project?: string | undefined }): Grant {
  return { role, project: project ?? null };
}

/** An API key belongs to who administers everything that it can do. */
export const keyTarget: Target<{ token: string }> = {
  async find({ ports, actor }, { token }) {
    const key = await findKey(ports.db, token);
    return key === null ? null : { project: projectOfGrants(actor, key.roles) };
  },
  absent: ({ token }) => fail('token_not_found', `There is no API key "${token}".`),
};

/** A key that is to be made. Throws `forbidden` for roles that the caller may not give. */
export const newKeyTarget: Target<{ roles: GrantSpec[] }> = {
  async find({ actor }, { roles }) {
    const grants = roles.map(toGrant);
    requireGrantable(actor, grants);
    return { project: projectOfGrants(actor, grants) };
  },
  absent: () => fail('forbidden', 'You do not administer what these roles are on.'),
};

/**
 * A binding that is to be made. A key gets roles only from who could revoke it: else a project's admin could put keys of
 * others out of their reach. Throws `forbidden` for a role that the caller may not give.
 */
export const newBindingTarget: Target<{ subject: string } & GrantSpec> = {
  async find({ ports, actor }, { subject, role, project }) {
    const grant = toGrant({ role, project });
    requireGrantable(actor, [grant]);
    if (!subject.startsWith('key:')) return { project: grant.project };
    const key = await findKey(ports.db, subject.slice('key:'.length));
    if (key === null) return null;
    return { project: administersAll(actor, key.roles) ? grant.project : null };
  },
  absent: ({ subject }) => fail('token_not_found', `There is no API key "${subject.slice('key:'.length)}".`),
};

export const bindingTarget: Target<{ binding: string }> = {
  find: ({ ports }, { binding }) => findBinding(ports.db, binding),
  absent: ({ binding }) => fail('role_binding_not_found', `There is no role binding "${binding}".`),
};
