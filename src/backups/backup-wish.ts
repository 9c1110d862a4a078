import type { AdmittedContext } from '../context.ts';
import { RepositoryAddress } from '../repositories/model.ts';
import { copiedTo, usableRepository } from '../repositories/read.ts';
import { T } from '../schema.ts';
import { hookFrom, requireHooksFit } from './hook-wish.ts';
import { Consistency, type NewBackupHook, NewBackupHooks } from './model.ts';
import { requireAdmin } from './require-admin.ts';

export const repositoryField = T.Optional(
  T.String({
    minLength: 1,
    maxLength: 64,
    description: 'Name or id of the repository; the default one when not given.',
  }),
);

/** How a volume, or several, can be asked to be backed up. */
export const backupFields = {
  repository: repositoryField,
  copyTo: T.Optional(
    T.Array(RepositoryAddress, {
      maxItems: 8,
      description:
        'Repositories that each snapshot is copied to; those that the repository itself names when not given.',
    }),
  ),
  consistency: T.Optional(Consistency),
  hooks: T.Optional(NewBackupHooks),
};

interface Wish {
  readonly repository?: string;
  readonly copyTo?: readonly string[];
  readonly consistency: Consistency;
  readonly hooks?: readonly NewBackupHook[];
}

/** What a job is told of that. Throws `invalid_input`, `forbidden` for hooks of who is no admin, and what the repositories refuse. */
export async function backupInput(
  context: AdmittedContext,
  host: string,
  project: string | null,
  { repository, copyTo, consistency, hooks: given = [] }: Wish,
) {
  const { ports } = context;
  requireHooksFit(consistency, given);
  const hooks = given.map(hookFrom);
  if (hooks.length > 0) requireAdmin(context, project, 'run commands in containers');
  const source = await usableRepository(ports.db, host, repository);
  return { repositoryId: source.id, copyTo: await copiedTo(ports, host, source, copyTo), consistency, hooks };
}
