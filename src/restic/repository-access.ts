import type { HelperMount, HelperSecrets, HelperSpec } from '../engine/helper.ts';

/** Where a restic repository is. Local ones are reached through a mount, the others through a Docker network. */
export type RepositoryLocation =
  | { readonly kind: 'volume'; readonly host: string; readonly volume: string }
  | { readonly kind: 'path'; readonly host: string; readonly path: string }
  | { readonly kind: 'rest'; readonly url: string; readonly network: string };

/** What opens a repository. Reaches a helper through its standard input only. */
export interface RepositorySecret {
  readonly password: string;
  readonly username?: string;
  readonly userPassword?: string;
}

const mountedAt = '/repository';
const secretsAt = '/run/stowage';

/** The parts of a helper that let restic reach a repository. */
export interface RepositoryAccess {
  readonly mounts: readonly HelperMount[];
  readonly network: string | null;
  readonly environment: Record<string, string>;
  readonly secrets: HelperSecrets;
}

/** How a helper reaches the repository; `writable` false mounts a local one read-only. */
export function repositoryAccess(
  location: RepositoryLocation,
  secret: RepositorySecret,
  writable: boolean,
): RepositoryAccess {
  const environment = {
    RESTIC_PROGRESS_FPS: '2',
    RESTIC_REPOSITORY: repositoryUrl(location),
    RESTIC_PASSWORD_FILE: `${secretsAt}/password`,
    HOME: '/tmp',
    ...reachOf(location),
  };
  return {
    mounts: mountsOf(location, writable),
    network: location.kind === 'rest' ? location.network : null,
    environment,
    secrets: secretFiles(secret),
  };
}

function repositoryUrl(location: RepositoryLocation): string {
  return location.kind === 'rest' ? `rest:${location.url}` : mountedAt;
}

/** Where something must listen before restic is worth starting. */
function reachOf(location: RepositoryLocation): Record<string, string> {
  if (location.kind !== 'rest') return {};
  const { hostname, port, protocol } = new URL(location.url);
  const usual = protocol === 'https:' ? '443' : '80';
  return { STOWAGE_REACH: `${hostname.replace(/^\[|\]$/g, '')} ${port || usual}` };
}

function mountsOf(location: RepositoryLocation, writable: boolean): HelperMount[] {
  const common = { target: mountedAt, readOnly: !writable };
  if (location.kind === 'volume') return [{ ...common, type: 'volume', source: location.volume }];
  if (location.kind === 'path') return [{ ...common, type: 'bind', source: location.path }];
  return [];
}

function secretFiles({ password, username, userPassword }: RepositorySecret): HelperSecrets {
  if (username === undefined || userPassword === undefined) return { password };
  const lines = [
    `export RESTIC_REST_USERNAME=${quoted(username)}`,
    `export RESTIC_REST_PASSWORD=${quoted(userPassword)}`,
  ];
  return { password, env: `${lines.join('\n')}\n` };
}

/** A word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
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
