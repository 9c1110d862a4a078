/** Where a restic repository is. Those of a host are reached through a mount, the others through a Docker network. */
export type RepositoryLocation = HostLocation | NetworkLocation;

export type HostLocation =
  | { readonly kind: 'volume'; readonly host: string; readonly volume: string }
  | { readonly kind: 'path'; readonly host: string; readonly path: string };

export type NetworkLocation = (
  | { readonly kind: 'rest'; readonly url: string }
  | { readonly kind: 's3'; readonly s3: S3Location }
  | { readonly kind: 'sftp'; readonly sftp: SftpLocation }
) & {
  readonly network: string;
  /** Certificates (PEM) that a server with https is trusted by, besides the usual ones. */
  readonly caCertificate?: string;
};

export interface S3Location {
  /** Address of the service, such as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Folder in the bucket, without slashes at its ends; empty for the bucket itself. */
  readonly prefix: string;
  readonly region: string | null;
}

export interface SftpLocation {
  readonly server: string;
  readonly port: number;
  readonly user: string;
  /** Absolute path on the server. */
  readonly path: string;
  /** Lines of OpenSSH's known_hosts; no other key of the server is accepted. */
  readonly knownHosts: string;
}

/** Folders of a helper at which repositories of its host are mounted. */
export type MountPoint = '/repository' | '/repository-from';

/** The address of a repository as restic takes it; for one of a host, its folder in the helper. */
export function resticAddress(location: RepositoryLocation, mountedAt: string): string {
  switch (location.kind) {
    case 'rest':
      return `rest:${location.url}`;
    case 's3': {
      const { endpoint, bucket, prefix } = location.s3;
      return `s3:${[endpoint.replace(/\/+$/, ''), bucket, prefix].filter((part) => part !== '').join('/')}`;
    }
    case 'sftp': {
      const { server, port, user, path } = location.sftp;
      return `sftp://${encodeURIComponent(user)}@${inBrackets(server)}:${port}/${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
    }
    default:
      return mountedAt;
  }
}

/** What must listen before restic is worth starting; null for a repository of a host. */
export function listenerOf(location: RepositoryLocation): { readonly server: string; readonly port: number } | null {
  switch (location.kind) {
    case 'rest':
      return listenerOfUrl(location.url);
    case 's3':
      return listenerOfUrl(location.s3.endpoint);
    case 'sftp':
      return { server: location.sftp.server, port: location.sftp.port };
    default:
      return null;
  }
}

/** Whether a repository can be reached from its own host only; the name of that host. */
export function hostOf(location: RepositoryLocation): string | null {
  return 'host' in location ? location.host : null;
}

function listenerOfUrl(url: string): { server: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' ? 443 : 80;
  return { server: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

function inBrackets(server: string): string {
  return server.includes(':') ? `[${server}]` : server;
}
