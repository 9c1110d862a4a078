import type { Config } from './config.ts';
import type { Ports } from './context.ts';
import { connectAdvisoryLocks } from './database/advisory-locks.ts';
import { connectDatabase } from './database/client.ts';
import { connectNotices } from './database/notices.ts';
import { connectEngines } from './engine/engines.ts';
import { ensureHelperImage } from './engine/helper-image.ts';
import type { HelperImage } from './engine/helper-image-load.ts';
import { fail } from './errors.ts';
import { createLog } from './log.ts';
import { openQueue } from './queue/pg-boss-queue.ts';
import { jwtSessions } from './server/jwt-sessions.ts';
import { createTelemetry } from './telemetry.ts';
import { openVault } from './vault.ts';

/** What a process of Stowage stands on; plain data, so that a thread can be given it. */
export interface Ground {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly hosts: readonly HostAddress[];
  readonly masterKey: Uint8Array;
}

interface HostAddress {
  readonly name: string;
  readonly endpoint: string;
}

interface Options {
  /** These are the ports of a thread beside the main one, which tells the metrics of the process as a whole. */
  readonly ofThread?: boolean;
}

/** Opens everything that operations and jobs work with; `close` ends it, the queue first. */
export async function openPorts(
  { config, databaseUrl, hosts, masterKey }: Ground,
  { ofThread = false }: Options = {},
): Promise<Ports & { close(): Promise<void> }> {
  const log = createLog(config.logLevel);
  const vault = openVault(masterKey);
  const db = connectDatabase(databaseUrl);
  const locks = connectAdvisoryLocks(databaseUrl);
  const notices = connectNotices(databaseUrl, db);
  const helperImage = async (name: string) => (await ensureHelperOn(config, endpointOf(hosts, name))).image;
  const engines = connectEngines(hosts, { helperImage, installation: vault.installation });
  const onError = (error: Error) => log.warn({ err: error }, 'the job queue has a problem');
  const queue = await openQueue({ databaseUrl, heartbeatSeconds: config.workerHeartbeatSeconds, onError });

  async function close(): Promise<void> {
    await queue.close();
    await notices.close();
    await engines.close();
    await locks.close();
    await db.$disconnect();
  }
  const sessions = await jwtSessions(vault, config.sessionSeconds);
  return {
    config,
    log,
    vault,
    sessions,
    db,
    locks,
    notices,
    engines,
    queue,
    telemetry: createTelemetry({ ofProcess: !ofThread }),
    close,
  };
}

/** Sees to the helper image on the engine at an endpoint, as the settings say. Throws as {@link ensureHelperImage}. */
export function ensureHelperOn(
  { stateFolder, helper }: Config,
  endpoint: string,
  progress: (message: string) => void = () => undefined,
): Promise<HelperImage> {
  return ensureHelperImage({ endpoint, directory: `${stateFolder}/helper`, ...helper, progress });
}

function endpointOf(hosts: readonly HostAddress[], name: string): string {
  const host = hosts.find((one) => one.name === name);
  if (host === undefined) throw fail('host_not_found', `There is no host "${name}".`);
  return host.endpoint;
}
