import type { Config } from './config.ts';
import type { Ports } from './context.ts';
import { connectAdvisoryLocks } from './database/advisory-locks.ts';
import { connectDatabase } from './database/client.ts';
import { connectNotices } from './database/notices.ts';
import { connectEngines } from './engine/engines.ts';
import { createLog } from './log.ts';
import { openQueue } from './queue/pg-boss-queue.ts';
import { jwtSessions } from './server/jwt-sessions.ts';
import { createTelemetry } from './telemetry.ts';
import { openVault } from './vault.ts';

/** What a process of Stowage is put together from. */
export interface Parts {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly hosts: readonly { readonly name: string; readonly endpoint: string }[];
  readonly masterKey: Uint8Array;
  /** Reference of the helper image on a host; makes it there when it is missing. */
  readonly helperImage: (host: string) => Promise<string>;
}

/** Opens everything that operations and jobs work with; `close` ends it, the queue first. */
export async function openPorts({
  config,
  databaseUrl,
  hosts,
  masterKey,
  helperImage,
}: Parts): Promise<Ports & { close(): Promise<void> }> {
  const log = createLog(config.logLevel);
  const vault = openVault(masterKey);
  const db = connectDatabase(databaseUrl);
  const locks = connectAdvisoryLocks(databaseUrl);
  const notices = connectNotices(databaseUrl, db);
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
  return { config, log, vault, sessions, db, locks, notices, engines, queue, telemetry: createTelemetry(), close };
}
