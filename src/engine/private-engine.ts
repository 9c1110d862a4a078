import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail } from '../errors.ts';
import { awaitDaemon } from './private-engine-daemon.ts';
import { launchDaemon } from './private-engine-launch.ts';
import { withSystemLock } from './private-engine-lock.ts';
import { type EnginePlaces, placesOf } from './private-engine-places.ts';
import { findDaemon } from './private-engine-processes.ts';
import { ensurePrograms } from './private-engine-programs.ts';
import { removeRemains, stopDaemon } from './private-engine-stop.ts';

const defaultSuites = ['sid', 'trixie', 'bookworm'];
const remedy = 'Install Docker and start it, or set DOCKER_HOST to an engine that runs.';

/** A running Docker engine of our own. */
export interface PrivateEngine {
  /** `unix:///path/of/docker.sock` */
  readonly endpoint: string;
  readonly version: string;
  /** Whether it was running already, left by a process that was killed. */
  readonly adopted: boolean;
  /** Ends the engine with its containers; no process and no mount of it stays. */
  stop(): Promise<void>;
}

interface Options {
  /** Folder for programs, images, volumes and log; made when it is missing. */
  readonly directory: string;
  readonly progress: (message: string) => void;
  /** Debian suites to take the engine from, the first whose programs run here. */
  readonly suites?: readonly string[];
  /** Folder that keeps the fetched Debian packages; may be shared with other engines. */
  readonly packages?: string;
}

/**
 * Starts a Docker engine from Debian's packages below a folder, without a network of its own. It outlives this process
 * when that is killed, and is then adopted by the next start. Throws `engine_setup_unavailable` with what to do instead.
 */
export async function startPrivateEngine(options: Options): Promise<PrivateEngine> {
  refuseWhereImpossible();
  const places = placesOf(resolve(options.directory));
  const { adopted, version } = await withSystemLock(places.runFolder, () => adoptOrLaunch(places, options));
  return {
    endpoint: places.endpoint,
    version,
    adopted,
    stop: () => withSystemLock(places.runFolder, () => stopDaemon(places)),
  };
}

async function adoptOrLaunch(places: EnginePlaces, { progress, suites, packages }: Options) {
  const adopted = (await findDaemon(places)) !== null;
  if (!adopted) {
    await mkdir(places.directory, { recursive: true, mode: 0o700 });
    const cache = packages ?? join(places.directory, 'packages');
    await ensurePrograms(places, { cache, suites: suites ?? defaultSuites, progress });
    progress('starting the engine');
    // An engine that was killed leaves a pid file that would keep the next one from starting, and maybe containers.
    await removeRemains(places);
    await launchDaemon(places);
  }
  return { adopted, version: await awaitDaemon(places) };
}

function refuseWhereImpossible(): void {
  if (process.platform !== 'linux')
    throw fail('engine_setup_unavailable', `A private Docker engine runs on Linux only. ${remedy}`);
  if (process.getuid?.() !== 0)
    throw fail('engine_setup_unavailable', `Only root can start a private Docker engine. ${remedy}`);
}
