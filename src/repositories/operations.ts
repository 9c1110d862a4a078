import { randomBytes } from 'node:crypto';
import { fail } from '../errors.ts';
import { command, query } from '../operation.ts';
import type { RepositoryLocation } from '../restic/repository-access.ts';
import { expectedVersion, HostName, object, paging, T, Uuid } from '../schema.ts';
import {
  PathOfRepository,
  Repository,
  RepositoryName,
  RepositoryPage,
  RepositoryPassword,
  UrlOfRepository,
  VolumeOfRepository,
} from './model.ts';
import { openRepository, repositoryNotFound, secretPurpose } from './read.ts';
import * as store from './store.ts';

const passwordBytes = 32;
const address = { repository: T.String({ minLength: 1, maxLength: 64, description: 'Name or id of the repository.' }) };

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

export const createRepository = command('repositories.create', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Create a repository',
  description:
    'Give exactly one of `volume`, `path` and `url`. The password is generated unless one is given for a repository that exists already.',
  input: object({
    name: RepositoryName,
    host: T.Optional(HostName),
    volume: T.Optional(VolumeOfRepository),
    path: T.Optional(PathOfRepository),
    url: T.Optional(UrlOfRepository),
    network: T.Optional(
      T.String({
        minLength: 1,
        maxLength: 128,
        description: 'Docker network through which helpers reach the url; `host` when not given.',
      }),
    ),
    username: T.Optional(T.String({ minLength: 1, maxLength: 256 })),
    userPassword: T.Optional(
      T.String({ minLength: 1, maxLength: 1024, description: 'Password of the user at the rest-server.' }),
    ),
    password: T.Optional(
      T.String({ minLength: 8, maxLength: 1024, description: 'Password of the restic repository.' }),
    ),
    isDefault: T.Optional(T.Boolean({ default: false })),
  }),
  output: Repository,
  async run({ ports, onceId }, { name, isDefault = false, username, userPassword, password, ...where }) {
    const location = toLocation(where);
    if ('host' in location) ports.engines.get(location.host);
    const secret = {
      password: password ?? randomBytes(passwordBytes).toString('base64url'),
      ...credentials(location, username, userPassword),
    };
    return await store.createRepository(ports.db, {
      id: onceId,
      name,
      location,
      isDefault,
      secret: ports.vault.seal(JSON.stringify(secret), secretPurpose(onceId)),
    });
  },
});

export const updateRepository = command('repositories.update', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Rename a repository, or make it the default one',
  input: object({ ...address, name: T.Optional(RepositoryName), isDefault: T.Optional(T.Boolean()), expectedVersion }),
  output: Repository,
  async run({ ports }, { repository, expectedVersion: version, ...patch }) {
    const { id } = await found(ports.db, repository);
    await store.updateRepository(ports.db, id, patch, version);
    return store.toRepository(await found(ports.db, id));
  },
});

export const deleteRepository = command('repositories.delete', {
  permission: 'administer',
  reach: 'everything',
  summary: 'Forget a repository without snapshots',
  description: 'Its files stay where they are.',
  input: object({ ...address, confirm: T.Optional(T.String({ description: 'Name of the repository, once more.' })) }),
  output: Repository,
  async run({ ports }, { repository, confirm }) {
    const row = await found(ports.db, repository);
    if (confirm !== row.name)
      throw fail('confirmation_required', `Repeat the name of the repository in \`confirm\`: "${row.name}".`);
    await store.deleteRepository(ports.db, row.id);
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
    const { id } = await found(ports.db, repository);
    const { secret, location } = await openRepository(ports, id);
    return { password: secret.password, command: `restic --repo ${plainAddress(location)} snapshots` };
  },
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

function toLocation({
  host = 'local',
  volume,
  path,
  url,
  network = 'host',
}: {
  host?: string;
  volume?: string;
  path?: string;
  url?: string;
  network?: string;
}): RepositoryLocation {
  const given = [volume, path, url].filter((value) => value !== undefined).length;
  if (given !== 1) throw fail('invalid_input', 'Give exactly one of `volume`, `path` and `url`.');
  if (volume !== undefined) return { kind: 'volume', host, volume };
  if (path !== undefined) return { kind: 'path', host, path };
  return { kind: 'rest', url: url ?? '', network };
}

function credentials(location: RepositoryLocation, username: string | undefined, userPassword: string | undefined) {
  if (username === undefined && userPassword === undefined) return {};
  if (location.kind !== 'rest' || username === undefined || userPassword === undefined)
    throw fail('invalid_input', '`username` and `userPassword` belong together, and to a `url`.');
  return { username, userPassword };
}

function plainAddress(location: RepositoryLocation): string {
  if (location.kind === 'rest') return `rest:${location.url}`;
  if (location.kind === 'path') return location.path;
  return `"$(docker volume inspect --format '{{.Mountpoint}}' ${location.volume})"`;
}
