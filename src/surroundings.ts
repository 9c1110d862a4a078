import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { startEmbeddedPostgres } from './database/embedded.ts';
import { startPrivateEngine } from './engine/private-engine.ts';

/** Says what is being done, for a person who waits. */
export type Progress = (message: string) => void;

/** Something that Stowage stands on: the user's own, or one that was started for it and ends with it. */
export interface Surrounding {
  readonly address: string;
  readonly own: boolean;
  stop(): Promise<void>;
}

const defaultSocket = '/var/run/docker.sock';

/** The PostgreSQL of `DATABASE_URL`, else an embedded one below the state folder. */
export async function findDatabase(config: Config, progress: Progress): Promise<Surrounding> {
  if (config.databaseUrl !== undefined) return theirs(config.databaseUrl);
  const { url, stop } = await startEmbeddedPostgres({ directory: join(config.stateFolder, 'postgres'), progress });
  return { address: url, own: true, stop };
}

/** The engine of `DOCKER_HOST`, else the one at the default socket, else a private one below the state folder. */
export async function findEngine(config: Config, progress: Progress): Promise<Surrounding> {
  if (config.dockerHost !== undefined) return theirs(config.dockerHost);
  if (existsSync(defaultSocket)) return theirs(`unix://${defaultSocket}`);
  const { endpoint, stop } = await startPrivateEngine({ directory: join(config.stateFolder, 'engine'), progress });
  return { address: endpoint, own: true, stop };
}

function theirs(address: string): Surrounding {
  return { address, own: false, stop: async () => undefined };
}
