import closeWithGrace from 'close-with-grace';
import { ensureAdminKey } from './access/admin-key.ts';
import { checkMasterKey, loadMasterKey } from './access/master-key.ts';
import { buildApp } from './app.ts';
import { startBackgroundThread } from './background/start-thread.ts';
import { workInBackground } from './background/work.ts';
import { stepReporter, welcome } from './banner.ts';
import { type Config, configOfProcess } from './config.ts';
import type { Ports } from './context.ts';
import { migrate } from './database/migrations.ts';
import { isFailure } from './errors.ts';
import { awaitFirstList } from './hosts/first-list.ts';
import { ensureHost } from './hosts/read.ts';
import { ensureHelperOn, type Ground, openPorts } from './ports.ts';
import { ensureDefaultRepository } from './repositories/default-repository.ts';
import { requireSupportedRestic } from './repositories/restic-version.ts';
import type { OtherMetrics } from './server/metrics.ts';
import { findDatabase, findEngine } from './surroundings.ts';

const localHost = 'local';

const draining = new AbortController();
const closers: (() => Promise<unknown>)[] = [];
closeWithGrace({ delay: 60_000, logger: false }, async ({ err }) => {
  if (err !== undefined) process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  draining.abort();
  while (closers.length > 0) await closers.pop()?.();
});
await start(configOfProcess());

/** Starts what the process needs, the ground first; it is ended in the opposite order. */
async function start(config: Config): Promise<void> {
  const report = stepReporter();
  const masterKey = await loadMasterKey(config);
  const database = await report('PostgreSQL', (progress) => findDatabase(config, progress));
  closers.push(database.stop);
  await report('Migrations', () => migrate(database.address));
  const engine = await report('Docker engine', (progress) => findEngine(config, progress));
  closers.push(engine.stop);

  const hosts = [{ name: localHost, endpoint: engine.address }];
  const ground = { config, databaseUrl: database.address, hosts, masterKey };
  const ports = await openPorts(ground);
  closers.push(ports.close);
  await checkMasterKey(ports);
  await ensureHost(ports, { name: localHost, endpoint: engine.address });
  await ensureDefaultRepository(ports, localHost);
  const { file: adminKeyFile } = await ensureAdminKey(ports);
  await report('Helper image', (progress) => ensureHelperOn(config, engine.address, progress)).catch(
    (error: unknown) => {
      ports.log.warn({ err: error }, 'there is no helper image yet; jobs will ask for it again');
    },
  );
  if (config.helper.archive !== undefined || config.helper.reference !== undefined) await checkRestic(ports);

  if (!config.roles.has('api')) return background(ports, workInBackground(ports, draining.signal));
  const otherMetrics = config.roles.size > 1 ? workBesideRequests(ports, ground) : undefined;
  if (config.roles.has('watcher')) await awaitFirstList(ports, localHost, draining.signal);
  welcome({ address: await listen(ports, otherMetrics), adminKeyFile, engine: engine.address });
}

/** The background work in a thread of its own; gives its metrics. */
function workBesideRequests(ports: Ports, ground: Ground): OtherMetrics {
  const thread = startBackgroundThread(ground, draining.signal);
  background(ports, thread.ended);
  return thread.metrics;
}

async function listen(ports: Ports, otherMetrics?: OtherMetrics): Promise<string> {
  const app = await buildApp(ports, otherMetrics);
  closers.push(() => app.close());
  return await app.listen(ports.config.listen);
}

/** An image that was given may have any restic. Throws `restic_unsupported`; an engine that is away is asked by the jobs again. */
async function checkRestic({ engines, log }: Ports): Promise<void> {
  await requireSupportedRestic(engines.get(localHost)).catch((error: unknown) => {
    if (isFailure(error, 'restic_unsupported')) throw error;
    log.warn({ err: error }, 'the restic of the helper image could not be asked for its version');
  });
}

/** Work that goes on until the process drains; that it ends by itself is a defect, and ends the process. */
function background(ports: Ports, work: Promise<void>): void {
  work.catch((error: unknown) => {
    ports.log.fatal({ err: error }, 'the background work ended');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  });
  closers.push(() => work.catch(() => undefined));
}
