import { randomBytes } from 'node:crypto';
import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { recallJob } from '../jobs/read.ts';
import { command, query } from '../operation.ts';
import { expectedVersion, object, paging, T, Uuid } from '../schema.ts';
import { editRepository } from './edit.ts';
import { toCredentials, toLocation } from './location.ts';
import { credentialFields, locationFields } from './location-model.ts';
import {
  NewPassword,
  Repository,
  RepositoryAddress,
  RepositoryMedium,
  RepositoryName,
  RepositoryPage,
  RepositoryPassword,
  WorkHost,
} from './model.ts';
import { openSecret, repositoryNotFound, sealSecret } from './open-repository.ts';
import { plainCommand } from './plain-command.ts';
import { enqueueRepositoryJob } from './repository-job.ts';
import { requireRemoval, requireWritable } from './repository-reach.ts';
import { sealRotation } from './rotation-secrets.ts';
import * as store from './store.ts';

const passwordBytes = 32;
const address = { repository: RepositoryAddress };

export const listRepositories = query('repositories.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the repositories',
  input: object({ ...paging }),
  output: RepositoryPage,
  run: ({ ports }, { limit = 50, cursor }) => store.listRepositories(ports.db, limit, cursor),
});

export const getRepository = query('repositories.get', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read a repository',
  input: object(address),
  output: Repository,
  run: async ({ ports }, { repository }) => store.toRepository(await found(ports.db, repository)),
});

const properties = {
  ...locationFields,
  ...credentialFields,
  password: T.Optional(T.String({ minLength: 8, maxLength: 1024, description: 'Password of the restic repository.' })),
  isDefault: T.Optional(T.Boolean()),
  medium: T.Optional(RepositoryMedium),
  offSite: T.Optional(T.Boolean()),
  appendOnly: T.Optional(T.Boolean()),
  readOnly: T.Optional(T.Boolean()),
  copyTo: T.Optional(
    T.Array(RepositoryAddress, {
      maxItems: 8,
      description: 'Names or ids of the repositories that each backup in this one is copied to.',
    }),
  ),
};

export const createRepository = command('repositories.create', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Create a repository',
  description:
    'Give exactly one of `volume`, `path`, `url`, `s3` and `sftp`, with the credentials of that place. The password is generated unless one is given for a repository that exists already. `medium` is `object_storage` for `s3`, else `disk`, unless it is given.',
  input: object({ name: RepositoryName, ...properties }),
  output: Repository,
  async run({ ports, onceId }, { name, password, ...input }) {
    const location = toLocation(input);
    if ('host' in location) ports.engines.get(location.host);
    const credentials = toCredentials(location, input);
    const secret = { password: password ?? randomBytes(passwordBytes).toString('base64url'), ...credentials };
    return await store.createRepository(ports.db, {
      id: onceId,
      name,
      location,
      secret: sealSecret(ports, onceId, secret),
      isDefault: input.isDefault ?? false,
      medium: input.medium ?? (location.kind === 's3' ? 'object_storage' : 'disk'),
      offSite: input.offSite ?? false,
      appendOnly: input.appendOnly ?? false,
      readOnly: input.readOnly ?? false,
      copyTo: await store.idsOf(ports.db, input.copyTo ?? []),
    });
  },
});

export const updateRepository = command('repositories.update', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Edit a repository',
  description:
    'Its place may change within its kind, when the same restic repository is found at another address. Credentials are replaced as a whole: those of one kind belong together.',
  input: object({ ...address, name: T.Optional(RepositoryName), ...properties, expectedVersion }),
  output: Repository,
  async run({ ports }, { repository, expectedVersion: version, ...patch }) {
    const row = await found(ports.db, repository);
    await editRepository(ports, row, patch, version);
    return store.toRepository(await found(ports.db, row.id));
  },
});

export const deleteRepository = command('repositories.delete', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Forget a repository without snapshots',
  description: 'Its files stay where they are. One that is only read is forgotten with its snapshots.',
  input: object({ ...address, confirm: T.Optional(T.String({ description: 'Name of the repository, once more.' })) }),
  output: Repository,
  async run({ ports }, { repository, confirm }) {
    const row = await found(ports.db, repository);
    if (confirm !== row.name)
      throw fail('confirmation_required', `Repeat the name of the repository in \`confirm\`: "${row.name}".`);
    await store.deleteRepository(ports.db, row);
    return store.toRepository(row);
  },
});

export const revealPassword = command('repositories.revealPassword', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Show the password of a repository',
  description: 'For reading the repository with plain restic, without Stowage. Who asked is audited.',
  input: object(address),
  output: RepositoryPassword,
  async run({ ports }, { repository }) {
    const row = await found(ports.db, repository);
    return { password: openSecret(ports, row).password, command: plainCommand(store.locationOf(row)) };
  },
});

export const rotatePassword = command('repositories.rotatePassword', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Give a repository a new password',
  description:
    'Of 32 random bytes unless one is given. It is written down (encrypted) first, becomes a key of the repository, has to open it, takes the place of the old one, whose key is removed then. Whatever interrupts that, the password that is stored opens the repository. It waits for the jobs that work on the repository, and they wait for it. The snapshots stay as they are; who reads the repository with plain restic needs the new password.',
  input: object({ ...address, host: WorkHost, password: T.Optional(NewPassword) }),
  output: Job,
  recall: recallJob,
  async run(context, { password, ...input }) {
    const { ports } = context;
    const row = await found(ports.db, input.repository);
    requireWritable(row);
    if (password !== undefined && password === openSecret(ports, row).password)
      throw fail('invalid_input', 'This is the password that the repository has; give another one.');
    const sealed = sealRotation(ports, row.id, password ?? randomBytes(passwordBytes).toString('base64url'));
    return await enqueueRepositoryJob(context, 'repository_rotate_password', input, { sealed });
  },
});

export const testRepository = command('repositories.test', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Try to reach and open a repository',
  description:
    'A helper reaches it, opens it with its password and, unless it is only read, writes to it. How it went is on the repository (`test`); the job fails with the code of what is wrong.',
  input: object({ ...address, host: WorkHost }),
  output: Job,
  recall: recallJob,
  run: (context, input) => enqueueRepositoryJob(context, 'repository_test', input),
});

export const checkRepository = command('repositories.check', {
  permission: 'operate',
  reach: 'everything',
  summary: 'Check a repository, and read a part of its data',
  description:
    'All of the structure is checked, and the next of `parts` parts of the data is read: with 1 all of it. What was found is on the repository (`check`), and the job fails with `repository_damaged` where something is wrong. Nothing is written; backups go on meanwhile.',
  input: object({
    ...address,
    host: WorkHost,
    parts: T.Optional(
      T.Integer({ minimum: 1, maximum: 1000, description: 'As in `STOWAGE_CHECK_PARTS` when not given.' }),
    ),
  }),
  output: Job,
  recall: recallJob,
  run: (context, { parts = context.ports.config.checks.parts, ...input }) =>
    enqueueRepositoryJob(context, 'repository_check', input, { parts }),
});

export const pruneRepository = command('repositories.prune', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Free the space of what no snapshot of a repository needs',
  description:
    'By itself with `STOWAGE_PRUNE_SCHEDULE`. It waits for the jobs that work on the repository, and they wait for it. One that is append-only is left as it is.',
  input: object({ ...address, host: WorkHost }),
  output: Job,
  recall: recallJob,
  async run(context, input) {
    const repository = await found(context.ports.db, input.repository);
    requireWritable(repository);
    requireRemoval(repository);
    return await enqueueRepositoryJob(context, 'repository_prune', input);
  },
});

export const measureRepository = command('repositories.measure', {
  permission: 'operate',
  reach: 'everything',
  summary: 'Count what a repository holds',
  description: 'The numbers are on the repository (`statistics`) afterwards.',
  input: object({ ...address, host: WorkHost }),
  output: Job,
  recall: recallJob,
  run: (context, input) => enqueueRepositoryJob(context, 'repository_measure', input),
});

export const importRepository = command('repositories.import', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Read the snapshots of a repository into the catalogue',
  description:
    'For a repository that exists already: one of another Stowage, of plain restic, or of this one after the loss of its database. Nothing is written to it. Snapshots of volumes have their volume, project, reason and time back; others are foreign: they can be browsed, and restored into a new volume. Snapshots that are gone from the repository leave the catalogue.',
  input: object({ ...address, host: WorkHost }),
  output: Job,
  recall: recallJob,
  run: (context, input) => enqueueRepositoryJob(context, 'repository_import', input),
});

export const repositoriesOfSnapshots = query('repositories.byIds', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Batch for Snapshot.repository',
  input: object({ ids: T.Array(Uuid, { maxItems: 1000 }) }),
  output: T.Array(Repository),
  run: ({ ports }, { ids }) => store.repositoriesByIds(ports.db, ids),
});

async function found(db: Parameters<typeof store.findRepositoryRow>[0], nameOrId: string) {
  const row = await store.findRepositoryRow(db, nameOrId);
  if (row === null) throw repositoryNotFound(nameOrId);
  return row;
}
