import { X509Certificate } from 'node:crypto';
import { fail } from '../errors.ts';
import type { RepositorySecret } from '../restic/repository-access.ts';
import type { RepositoryLocation } from '../restic/repository-location.ts';
import { requireKnownHosts, requirePrivateKey } from './ssh-keys.ts';

/** What a caller says of the place of a repository. */
export interface LocationInput {
  readonly host?: string | undefined;
  readonly volume?: string | undefined;
  readonly path?: string | undefined;
  readonly url?: string | undefined;
  readonly s3?: { endpoint: string; bucket: string; prefix?: string; region?: string } | undefined;
  readonly sftp?: { server: string; port?: number; user: string; path: string; knownHosts: string } | undefined;
  readonly network?: string | undefined;
  readonly caCertificate?: string | undefined;
}

export type Credentials = { readonly [name in Exclude<keyof RepositorySecret, 'password'>]?: string | undefined };

/** The place that is meant. Throws `invalid_input` unless exactly one is given, and for what does not belong to it. */
export function toLocation(input: LocationInput): RepositoryLocation {
  const { host = 'local', volume, path, url, s3, sftp, network, caCertificate } = input;
  const given = [volume, path, url, s3, sftp].filter((value) => value !== undefined).length;
  if (given !== 1) throw fail('invalid_input', 'Give exactly one of `volume`, `path`, `url`, `s3` and `sftp`.');
  if (volume !== undefined || path !== undefined) {
    refuseFields({ network, caCertificate }, 'belongs to a repository that is reached through a network');
    return volume === undefined ? { kind: 'path', host, path: path ?? '' } : { kind: 'volume', host, volume };
  }
  refuseFields({ host: input.host }, 'belongs to a repository in a `volume` or `path`');
  const reach = { network: network ?? 'host', ...certificate(caCertificate) };
  if (sftp !== undefined) {
    refuseFields({ caCertificate }, 'belongs to a server with https; SFTP has `knownHosts`');
    const { port = 22, ...rest } = sftp;
    requireKnownHosts(sftp.knownHosts, sftp.server, port);
    return { kind: 'sftp', sftp: { ...rest, port }, network: reach.network };
  }
  if (s3 !== undefined) {
    const { prefix = '', region = null, endpoint, bucket } = s3;
    requireUrl(endpoint, 'endpoint');
    const trimmed = { endpoint: endpoint.replace(/\/$/, ''), prefix: prefix.replace(/\/$/, '') };
    return { kind: 's3', s3: { ...trimmed, bucket, region }, ...reach };
  }
  requireUrl(url ?? '', 'url');
  return { kind: 'rest', url: url ?? '', ...reach };
}

/**
 * The credentials that open a place, of those that are given. Throws `invalid_input` when one is missing, broken, or
 * belongs to another kind of place.
 */
export function toCredentials(location: RepositoryLocation, given: Credentials): Omit<RepositorySecret, 'password'> {
  const { username, userPassword, accessKeyId, secretAccessKey, privateKey } = given;
  if (location.kind !== 'rest') refuseFields({ username, userPassword }, 'belongs to a `url`');
  if (location.kind !== 's3') refuseFields({ accessKeyId, secretAccessKey }, 'belongs to `s3`');
  if (location.kind !== 'sftp') refuseFields({ privateKey }, 'belongs to `sftp`');
  if (location.kind === 'rest') {
    if (username === undefined && userPassword === undefined) return {};
    if (username === undefined || userPassword === undefined)
      throw fail('invalid_input', '`username` and `userPassword` belong together.');
    return { username, userPassword };
  }
  if (location.kind === 's3') {
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw fail('invalid_input', 'A repository in `s3` needs `accessKeyId` and `secretAccessKey`.');
    return { accessKeyId, secretAccessKey };
  }
  if (location.kind !== 'sftp') return {};
  if (privateKey === undefined) throw fail('invalid_input', 'A repository in `sftp` needs a `privateKey`.');
  return { privateKey: requirePrivateKey(privateKey) };
}

function certificate(text: string | undefined): { caCertificate?: string } {
  if (text === undefined) return {};
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    throw issue('caCertificate', 'holds a certificate that cannot be read');
  }
  if (blocks.length === 0) throw issue('caCertificate', 'holds no certificate in PEM');
  return { caCertificate: `${blocks.join('\n')}\n` };
}

function requireUrl(url: string, field: string): void {
  if (!URL.canParse(url)) throw issue(field, 'is no address');
}

function refuseFields(fields: Readonly<Record<string, unknown>>, why: string): void {
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) throw issue(field, why);
}

function issue(field: string, why: string) {
  return fail('invalid_input', {
    detail: `\`${field}\` ${why}.`,
    errors: [{ path: `/${field}`, rule: field, message: why }],
  });
}
