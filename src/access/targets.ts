import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import { findBinding } from './binding-store.ts';
import { administersAll, projectOfGrants, requireGrantable } from './grantable.ts';
import { ownerOfKey } from './key-owner.ts';
import { type Actor, type Grant, type Role, reaches, scopeOf } from './roles.ts';
import { findAccount, findAccountOf } from './service-account-store.ts';

interface GrantSpec {
  readonly role: Role;
  readonly project?: string;
}

/** A role as it is asked for, as it is kept. */
export function toGrant({ role, project }: { role: Role; project?: string | undefined }): Grant {
  return { role, project: project ?? null };
}

/** An API key belongs to who administers its service account, or everything that its subject can do. */
export const keyTarget: Target<{ token: string }> = {
  async find({ ports, actor }, { token }) {
    const owner = await ownerOfKey(ports.db, token);
    if (owner === null) return null;
    return { project: owner.isAccount ? owner.project : projectOfGrants(actor, owner.grants) };
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
 * A binding that is to be made. A key or a service account gets roles only from who could revoke it: else a project's
 * admin could put keys of others out of their reach. Throws `forbidden` for a role that the caller may not give.
 */
export const newBindingTarget: Target<{ subject: string } & GrantSpec> = {
  async find({ ports, actor }, { subject, role, project }) {
    const grant = toGrant({ role, project });
    requireGrantable(actor, [grant]);
    if (subject.startsWith('service:')) return await bindingOfAccount(ports.db, actor, subject, grant);
    if (!subject.startsWith('key:')) return { project: grant.project };
    const owner = await ownerOfKey(ports.db, subject.slice('key:'.length));
    if (owner === null) return null;
    return { project: administersAll(actor, owner.grants) ? grant.project : null };
  },
  absent: ({ subject }) =>
    subject.startsWith('service:')
      ? fail('service_account_not_found', `There is no service account ${subject}.`)
      : fail('token_not_found', `There is no API key "${subject.slice('key:'.length)}".`),
};

/** Who administers the project of an account makes keys of it: they must not get at what is given to it elsewhere. */
async function bindingOfAccount(db: Reader, actor: Actor, subject: string, grant: Grant) {
  const account = await findAccountOf(db, subject);
  if (account === null) return null;
  if (!reaches(scopeOf(actor, 'administer'), account.project)) return { project: null };
  if (account.project === null || account.project === grant.project) return { project: grant.project };
  throw fail(
    'forbidden',
    `${subject} belongs to project "${account.project}" and gets roles there only; make a service account without a project.`,
  );
}

export const bindingTarget: Target<{ binding: string }> = {
  find: ({ ports }, { binding }) => findBinding(ports.db, binding),
  absent: ({ binding }) => fail('role_binding_not_found', `There is no role binding "${binding}".`),
};

export const accountTarget: Target<{ account: string }> = {
  find: ({ ports }, { account }) => findAccount(ports.db, account),
  absent: ({ account }) => fail('service_account_not_found', `There is no service account "${account}".`),
};

/** An account that is to be made, in a project or in none. */
export const newAccountTarget: Target<{ project?: string }> = {
  find: async (_context, { project }) => ({ project: project ?? null }),
  absent: ({ project }) =>
    fail(
      'forbidden',
      `You do not administer ${project === undefined ? 'everything; name a project' : `project "${project}"`}.`,
    ),
};
