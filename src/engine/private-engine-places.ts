import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the parts of a private engine lie. */
export interface EnginePlaces {
  readonly directory: string;
  /** Sockets and what lives as long as the processes. Not below the directory: the path of a socket may have 107 bytes at most. */
  readonly runFolder: string;
  readonly endpoint: string;
  readonly socket: string;
  readonly programs: string;
  readonly data: string;
  readonly configuration: string;
  readonly pidFile: string;
  readonly log: string;
}

/** The places of the engine below an absolute path. */
export function placesOf(directory: string): EnginePlaces {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  const runFolder = `/run/stowage-${name}`;
  const socket = join(runFolder, 'docker.sock');
  return {
    directory,
    runFolder,
    socket,
    endpoint: `unix://${socket}`,
    programs: join(directory, 'programs'),
    data: join(directory, 'data'),
    configuration: join(directory, 'daemon.json'),
    pidFile: join(directory, 'dockerd.pid'),
    log: join(directory, 'dockerd.log'),
  };
}
