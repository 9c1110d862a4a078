import { DateTime, HostName, nullable, object, page, type Static, T, Uuid, Version, words } from '../schema.ts';

export const RepositoryKind = words(
  'RepositoryKind',
  ['volume', 'path', 'rest'],
  'Docker volume, folder of a host, or rest-server.',
);
export const RepositoryState = words(
  'RepositoryState',
  ['new', 'ready'],
  '`new` until the first backup has made the restic repository.',
);

export const RepositoryName = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  description: 'Name of a repository.',
});
export const VolumeOfRepository = T.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,200}$',
  description: 'Docker volume that holds the repository.',
});
export const PathOfRepository = T.String({
  maxLength: 1024,
  pattern: '^/(?!$)(?!.*(?:^|/)\\.\\.(?:/|$))[^\\u0000-\\u001f]*$',
  description: 'Absolute path on the host; the folder must exist.',
});
export const UrlOfRepository = T.String({
  maxLength: 1024,
  pattern: '^https?://[^\\s@?#]+/?$',
  description: 'Address of a rest-server, without credentials.',
});

export const RepositoryLocation = object(
  {
    host: nullable(HostName),
    volume: nullable(T.String()),
    path: nullable(T.String()),
    url: nullable(T.String()),
    network: nullable(T.String({ description: 'Docker network through which helpers reach the url.' })),
  },
  { $id: 'RepositoryLocation', description: 'Where a repository is; the fields that its kind does not have are null.' },
);

export const Repository = object(
  {
    id: Uuid,
    name: T.String(),
    kind: RepositoryKind,
    location: RepositoryLocation,
    isDefault: T.Boolean({ description: 'Backups go here when they name no repository.' }),
    state: RepositoryState,
    createdAt: DateTime,
    initializedAt: nullable(DateTime),
    version: Version,
  },
  { $id: 'Repository', description: 'Where backups go: a restic repository that any restic can read.' },
);
export type Repository = Static<typeof Repository>;
export const RepositoryPage = page(Repository, 'Repository');

export const RepositoryPassword = object(
  {
    password: T.String({ description: 'Opens the repository with plain restic.' }),
    command: T.String({ description: 'How plain restic reads the repository.' }),
  },
  { $id: 'RepositoryPassword', description: 'The key to everything in a repository; keep it as safe as the data.' },
);
