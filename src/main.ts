import closeWithGrace from 'close-with-grace';
import { ensureAdminKey } from './access/admin-key.ts';
import { checkMasterKey, loadMasterKey } from './access/master-key.ts';
import { buildApp } from './app.ts';
import { stepReporter, welcome } from './banner.ts';
import { type Config, configOfProcess } from './config.ts';
import type { Ports } from './context.ts';
import { migrate } from './database/migrations.ts';
import { ensureHelperImage } from './engine/helper-image.ts';
import { forgetOldEvents } from './events/read.ts';
import { keepFindings } from './findings/read.ts';
import { ensureHost } from './hosts/read.ts';
import { watchHosts } from './hosts/watcher.ts';
import { forgetOldKeys } from './idempotency.ts';
import { keepImages } from './images/keep-images.ts';
import { jobHandlers } from './job-handlers.ts';
import { sweepOrphans } from './jobs/orphans.ts';
import { startWorker } from './jobs/worker.ts';
import { pause } from './pause.ts';
import { monitorContainers } from './performance/monitor.ts';
import { openPorts } from './ports.ts';
import { ensureDefaultRepository } from './repositories/default-repository.ts';
import { scheduleMeasurements } from './space/schedule.ts';
import { findDatabase, findEngine } from './surroundings.ts';

const localHost = 'local';
const workerConcurrency = 16;
const sweepSeconds = 15;

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

  const helper = { endpoint: engine.address, directory: `${config.stateFolder}/helper`, ...config.helper };
  const helperImage = async () => (await ensureHelperImage({ ...helper, progress: () => undefined })).image;
  const parts = {
    config,
    databaseUrl: database.address,
    hosts: [{ name: localHost, endpoint: engine.address }],
    masterKey,
    helperImage,
  };
  const ports = await openPorts(parts);
  closers.push(ports.close);
  await checkMasterKey(ports);
  await ensureHost(ports, { name: localHost, endpoint: engine.address });
  await ensureDefaultRepository(ports, localHost);
  const { file: adminKeyFile } = await ensureAdminKey(ports);
  await report('Helper image', (progress) => ensureHelperImage({ ...helper, progress })).catch((error: unknown) => {
    ports.log.warn({ err: error }, 'there is no helper image yet; jobs will ask for it again');
  });

  if (config.roles.has('watcher'))
    background(
      ports,
      watchHosts(ports, draining.signal, [keepImages, keepFindings, monitorContainers]),
      sweep(ports),
      scheduleMeasurements(ports, draining.signal),
    );
  if (config.roles.has('worker'))
    background(ports, startWorker(ports, { handlers: jobHandlers, concurrency: workerConcurrency }, draining.signal));
  if (config.roles.has('api')) welcome({ address: await listen(ports), adminKeyFile, engine: engine.address });
}

async function listen(ports: Ports): Promise<string> {
  const app = await buildApp(ports);
  closers.push(() => app.close());
  return await app.listen(ports.config.listen);
}

/** Looks every few seconds for what dead workers and old requests left behind. */
async function sweep(ports: Ports): Promise<void> {
  while (!draining.signal.aborted) {
    await forgetOldKeys(ports.db).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'old idempotency keys could not be forgotten'),
    );
    await forgetOldEvents(ports).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'old events could not be forgotten'),
    );
    for (const host of ports.engines.names())
      await sweepOrphans(ports, host).catch((error: unknown) =>
        ports.log.warn({ err: error, host }, 'orphans could not be looked for'),
      );
    await pause(sweepSeconds * 1000, draining.signal);
  }
}

/** Work that goes on until the process drains; that it ends by itself is a defect, and ends the process. */
function background(ports: Ports, ...work: Promise<void>[]): void {
  for (const task of work) {
    task.catch((error: unknown) => {
      ports.log.fatal({ err: error }, 'a background task ended');
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    });
    closers.push(() => task.catch(() => undefined));
  }
}
