import { type RepositoryLocation, resticAddress } from '../restic/repository-location.ts';

/** How somebody without Stowage lists the snapshots of a repository; credentials are theirs to add. */
export function plainCommand(location: RepositoryLocation): string {
  const variables = location.kind === 's3' ? 'AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… ' : '';
  return `${variables}restic --repo ${plainAddress(location)} snapshots`;
}

function plainAddress(location: RepositoryLocation): string {
  if (location.kind === 'volume') return `"$(docker volume inspect --format '{{.Mountpoint}}' ${location.volume})"`;
  return location.kind === 'path' ? location.path : resticAddress(location, '');
}
