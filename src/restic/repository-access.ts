import type { HelperMount, HelperSecrets, HelperSpec } from '../engine/helper.ts';
import { listenerOf, type MountPoint, type RepositoryLocation, resticAddress } from './repository-location.ts';
import { shellWord } from './shell-word.ts';

/** What opens a repository. Reaches a helper through its standard input only. */
export interface RepositorySecret {
  readonly password: string;
  /** Of a rest-server. */
  readonly username?: string;
  readonly userPassword?: string;
  /** Of S3. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Of SFTP, as OpenSSH writes it, without a passphrase. */
  readonly privateKey?: string;
}

/** A repository and what opens it. */
export interface Opened {
  readonly location: RepositoryLocation;
  readonly secret: RepositorySecret;
}

/** Where a helper finds a repository of its host. */
export const mountedAt: MountPoint = '/repository';
const sourceMountedAt: MountPoint = '/repository-from';
const secretsAt = '/run/stowage';
/** Besides the password; `helper/ssh_config` and the entry point know these names. */
const files = {
  password: 'password',
  sourcePassword: 'password-from',
  otherPassword: 'password-other',
  identity: 'identity',
  sourceIdentity: 'identity-from',
  knownHosts: 'known_hosts',
  certificates: 'ca.pem',
  environment: 'env',
} as const;

/** Where a step finds another password of its repository. */
export const otherPasswordAt = `${secretsAt}/${files.otherPassword}`;

/** The secrets of a helper that is told another password of its repository as well. */
export function withOtherPassword(secrets: HelperSecrets, password: string): HelperSecrets {
  return { ...secrets, [files.otherPassword]: password };
}

/** The parts of a helper that let restic reach a repository. */
export interface RepositoryAccess {
  readonly mounts: readonly HelperMount[];
  readonly network: string | null;
  readonly environment: Record<string, string>;
  readonly secrets: HelperSecrets;
}

/** How a helper reaches the repository; `writable` false mounts one of a host read-only. */
export function repositoryAccess(opened: Opened, writable: boolean): RepositoryAccess {
  const { location } = opened;
  return {
    mounts: mountsOf(location, mountedAt, writable),
    network: networkOf(location),
    environment: {
      RESTIC_PROGRESS_FPS: '2',
      RESTIC_REPOSITORY: resticAddress(location, mountedAt),
      RESTIC_PASSWORD_FILE: `${secretsAt}/${files.password}`,
      HOME: '/tmp',
      ...regionOf([location]),
      ...certificatesOf([location]),
      ...reachOf([location]),
    },
    secrets: withoutEmpty({
      [files.password]: opened.secret.password,
      [files.identity]: opened.secret.privateKey ?? '',
      [files.knownHosts]: knownHostsOf([location]),
      [files.certificates]: certificateText([location]),
      [files.environment]: exports(variablesOf(opened)),
    }),
  };
}

/**
 * How a helper reaches a repository that it writes to, and another (`source`) that it copies from. restic opens two S3
 * services with one access key and one region: {@link copyObstacle} tells.
 */
export function copyAccess(opened: Opened, source: Opened): RepositoryAccess {
  const target = repositoryAccess(opened, true);
  const locations = [source.location, opened.location];
  return {
    mounts: [...target.mounts, ...mountsOf(source.location, sourceMountedAt, false)],
    network: target.network ?? networkOf(source.location),
    environment: {
      ...target.environment,
      RESTIC_FROM_REPOSITORY: resticAddress(source.location, sourceMountedAt),
      RESTIC_FROM_PASSWORD_FILE: `${secretsAt}/${files.sourcePassword}`,
      ...regionOf(locations),
      ...certificatesOf(locations),
      ...reachOf(locations),
    },
    secrets: withoutEmpty({
      ...target.secrets,
      [files.sourcePassword]: source.secret.password,
      [files.sourceIdentity]: source.secret.privateKey ?? '',
      [files.knownHosts]: knownHostsOf(locations),
      [files.certificates]: certificateText(locations),
      [files.environment]: exports({ ...variablesOfSource(source), ...variablesOf(opened) }),
    }),
  };
}

/** Why one helper cannot reach both repositories at once, in a sentence; null when it can. */
export function copyObstacle(one: Opened, other: Opened): string | null {
  const [here, there] = [one.location, other.location];
  if ('host' in here && 'host' in there && here.host !== there.host)
    return `one is on host "${here.host}", the other on host "${there.host}"; a copy needs a repository that both hosts reach.`;
  if ('network' in here && 'network' in there && here.network !== there.network)
    return `they are reached through different Docker networks ("${here.network}" and "${there.network}").`;
  if (here.kind !== 's3' || there.kind !== 's3') return null;
  const isSameKey =
    one.secret.accessKeyId === other.secret.accessKeyId && one.secret.secretAccessKey === other.secret.secretAccessKey;
  if (!isSameKey) return 'restic opens two S3 services with one access key, and these have different ones.';
  if ((here.s3.region ?? '') !== (there.s3.region ?? ''))
    return 'restic opens two S3 services in one region, and these have different ones.';
  return null;
}

function networkOf(location: RepositoryLocation): string | null {
  return 'network' in location ? location.network : null;
}

function reachOf(locations: readonly RepositoryLocation[]): Record<string, string> {
  const listeners = locations.flatMap((location) => listenerOf(location) ?? []);
  if (listeners.length === 0) return {};
  return { STOWAGE_REACH: listeners.map(({ server, port }) => `${server} ${port}`).join(' ') };
}

function regionOf(locations: readonly RepositoryLocation[]): Record<string, string> {
  const region = locations.flatMap((location) => (location.kind === 's3' ? (location.s3.region ?? []) : []))[0];
  return region === undefined ? {} : { AWS_DEFAULT_REGION: region };
}

function certificatesOf(locations: readonly RepositoryLocation[]): Record<string, string> {
  return certificateText(locations) === '' ? {} : { RESTIC_CACERT: `${secretsAt}/${files.certificates}` };
}

function certificateText(locations: readonly RepositoryLocation[]): string {
  return joined(locations.map((location) => ('network' in location ? (location.caCertificate ?? '') : '')));
}

function knownHostsOf(locations: readonly RepositoryLocation[]): string {
  return joined(locations.map((location) => (location.kind === 'sftp' ? location.sftp.knownHosts : '')));
}

/** Texts of lines, each ended. */
function joined(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => `${text.trimEnd()}\n`)
    .join('');
}

function mountsOf(location: RepositoryLocation, target: MountPoint, writable: boolean): HelperMount[] {
  const common = { target, readOnly: !writable };
  if (location.kind === 'volume') return [{ ...common, type: 'volume', source: location.volume }];
  if (location.kind === 'path') return [{ ...common, type: 'bind', source: location.path }];
  return [];
}

function variablesOf({ location, secret }: Opened): Record<string, string> {
  const { username, userPassword } = secret;
  if (location.kind === 'rest' && username !== undefined && userPassword !== undefined)
    return { RESTIC_REST_USERNAME: username, RESTIC_REST_PASSWORD: userPassword };
  return variablesOfS3(secret);
}

/** restic has no variables for the user of the source: they stand in its address, which replaces the one without. */
function variablesOfSource({ location, secret }: Opened): Record<string, string> {
  const { username, userPassword } = secret;
  if (location.kind !== 'rest' || username === undefined || userPassword === undefined) return variablesOfS3(secret);
  const address = new URL(location.url);
  address.username = encodeURIComponent(username);
  address.password = encodeURIComponent(userPassword);
  return { RESTIC_FROM_REPOSITORY: `rest:${address.href}` };
}

function variablesOfS3({ accessKeyId, secretAccessKey }: RepositorySecret): Record<string, string> {
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

function exports(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join('');
}

function withoutEmpty(secrets: Record<string, string>): HelperSecrets {
  return Object.fromEntries(Object.entries(secrets).filter(([, content]) => content !== ''));
}

/** The parts of a helper's spec that restic needs, for a command. */
export function resticHelper(
  access: RepositoryAccess,
  command: readonly string[],
  options: { capabilities: readonly string[]; mounts?: readonly HelperMount[] },
): Omit<HelperSpec, 'name' | 'labels'> {
  return {
    command,
    environment: access.environment,
    mounts: [...access.mounts, ...(options.mounts ?? [])],
    capabilities: options.capabilities,
    network: access.network,
    secrets: true,
  };
}
