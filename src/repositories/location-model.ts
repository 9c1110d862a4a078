import { HostName, nullable, object, T } from '../schema.ts';

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
export const NetworkOfRepository = T.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$',
  description: 'Docker network through which helpers reach the server; `host` when not given.',
});

const s3 = {
  endpoint: T.String({
    maxLength: 512,
    pattern: '^https?://[^\\s@?#/]+/?$',
    description: 'Address of the service, without bucket and credentials.',
    examples: ['https://s3.eu-central-1.amazonaws.com'],
  }),
  bucket: T.String({
    minLength: 3,
    maxLength: 63,
    pattern: '^[a-z0-9][a-z0-9.-]*[a-z0-9]$',
    description: 'Bucket; it must exist.',
  }),
};
const prefix = T.String({
  maxLength: 512,
  pattern: '^(?!/)(?!.*//)(?!(?:.*/)?\\.{1,2}(?:/|$))[^\\s\\u0000-\\u001f\\u007f?#%]*$',
  description: 'Folder in the bucket; the bucket itself when not given.',
});
const region = T.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-zA-Z0-9-]+$',
  description: 'Region, where the service has any.',
});

const sftp = {
  server: T.String({
    minLength: 1,
    maxLength: 253,
    pattern: '^(?:[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?|[0-9a-fA-F]*:[0-9a-fA-F:.]+)$',
    description: 'Name or address of the server.',
  }),
  user: T.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$' }),
  path: T.String({
    maxLength: 1024,
    pattern: '^/(?!$)(?!.*(?:^|/)\\.\\.(?:/|$))[^\\u0000-\\u001f\\u007f]*$',
    description: 'Absolute path of the repository on the server.',
  }),
  knownHosts: T.String({
    minLength: 1,
    maxLength: 16_384,
    description:
      "Keys of the server, in the lines that `ssh-keyscan` prints and OpenSSH's known_hosts has. A server that shows another key is refused.",
  }),
};
const port = { minimum: 1, maximum: 65_535 };

export const S3LocationInput = object(
  { ...s3, prefix: T.Optional(prefix), region: T.Optional(region) },
  { $id: 'S3LocationInput', description: 'Where a repository is in an S3 service.' },
);
export const SftpLocationInput = object(
  { ...sftp, port: T.Optional(T.Integer({ ...port, default: 22 })) },
  { $id: 'SftpLocationInput', description: 'Where a repository is on a server that speaks SFTP.' },
);

export const CertificateOfRepository = T.String({
  minLength: 1,
  maxLength: 65_536,
  description: 'Certificates (PEM) that a server with https is trusted by, besides those of public authorities.',
});

export const RepositoryLocation = object(
  {
    host: nullable(HostName),
    volume: nullable(T.String()),
    path: nullable(T.String()),
    url: nullable(T.String()),
    s3: nullable(
      object(
        { endpoint: T.String(), bucket: T.String(), prefix: T.String(), region: nullable(T.String()) },
        { $id: 'S3Location', description: 'Where a repository is in an S3 service.' },
      ),
    ),
    sftp: nullable(
      object(
        { server: T.String(), port: T.Integer(port), user: T.String(), path: T.String(), knownHosts: T.String() },
        { $id: 'SftpLocation', description: 'Where a repository is on a server that speaks SFTP.' },
      ),
    ),
    network: nullable(T.String({ description: 'Docker network through which helpers reach the server.' })),
    caCertificate: nullable(T.String()),
  },
  { $id: 'RepositoryLocation', description: 'Where a repository is; the fields that its kind does not have are null.' },
);

/** How a caller says where a repository is: exactly one of `volume`, `path`, `url`, `s3` and `sftp`. */
export const locationFields = {
  host: T.Optional(HostName),
  volume: T.Optional(VolumeOfRepository),
  path: T.Optional(PathOfRepository),
  url: T.Optional(UrlOfRepository),
  s3: T.Optional(S3LocationInput),
  sftp: T.Optional(SftpLocationInput),
  network: T.Optional(NetworkOfRepository),
  caCertificate: T.Optional(CertificateOfRepository),
};

/** What a server wants to know before it lets somebody in; none of it is ever shown again. */
export const credentialFields = {
  username: T.Optional(T.String({ minLength: 1, maxLength: 256, description: 'User at the rest-server.' })),
  userPassword: T.Optional(
    T.String({ minLength: 1, maxLength: 1024, description: 'Password of the user at the rest-server.' }),
  ),
  accessKeyId: T.Optional(T.String({ minLength: 1, maxLength: 256, description: 'Access key of the S3 service.' })),
  secretAccessKey: T.Optional(T.String({ minLength: 1, maxLength: 1024, description: 'Secret of the access key.' })),
  privateKey: T.Optional(
    T.String({
      minLength: 1,
      maxLength: 16_384,
      description: 'SSH key for SFTP, as OpenSSH writes it, without a passphrase.',
    }),
  ),
};
