import { sealAudit } from '../access/read.ts';
import type { Ports } from '../context.ts';
import { scheduleDrills } from '../drills/schedule-drills.ts';
import { forgetOldEvents } from '../events/read.ts';
import { keepFindings } from '../findings/read.ts';
import { keepHealth } from '../health/keep-health.ts';
import { watchHosts } from '../hosts/watcher.ts';
import { forgetOldKeys } from '../idempotency.ts';
import { keepImages } from '../images/keep-images.ts';
import { jobHandlers } from '../job-handlers.ts';
import { sweepOrphans } from '../jobs/orphans.ts';
import { startWorker } from '../jobs/worker.ts';
import { pause } from '../pause.ts';
import { monitorContainers } from '../performance/monitor.ts';
import { keepRecords } from '../permissions/keep-records.ts';
import { runSchedules } from '../policies/run-schedules.ts';
import { keepChecked } from '../repositories/keep-checked.ts';
import { keepPruned } from '../repositories/keep-pruned.ts';
import { keepRetention } from '../retention/keep-retention.ts';
import { keepShares } from '../shares/keep-shares.ts';
import { scheduleMeasurements } from '../space/schedule.ts';
import { deliverWebhooks } from '../webhooks/deliver.ts';

const workerConcurrency = 16;
const sweepSeconds = 15;

/**
 * What no request waits for: keeping the inventory and running jobs, as the roles of the process say. Resolves once the
 * signal has aborted and all of it has ended; rejects at once when a part of it ends by an error, which is a defect.
 */
export async function workInBackground(ports: Ports, signal: AbortSignal): Promise<void> {
  const { roles } = ports.config;
  const watching = () => [
    watchHosts(ports, signal, [keepImages, keepFindings, monitorContainers, keepHealth]),
    sweep(ports, signal),
    scheduleMeasurements(ports, signal),
    keepShares(ports, signal),
    keepRecords(ports, signal),
    keepChecked(ports, signal),
    scheduleDrills(ports, signal),
    runSchedules(ports, signal),
    keepRetention(ports, signal),
    keepPruned(ports, signal),
  ];
  const working = () => [
    startWorker(ports, { handlers: jobHandlers, concurrency: workerConcurrency }, signal),
    deliverWebhooks(ports, signal),
  ];
  await Promise.all([...(roles.has('watcher') ? watching() : []), ...(roles.has('worker') ? working() : [])]);
}

/** Looks every few seconds for what dead workers and old requests left behind. */
async function sweep(ports: Ports, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await forgetOldKeys(ports.db).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'old idempotency keys could not be forgotten'),
    );
    await forgetOldEvents(ports).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'old events could not be forgotten'),
    );
    await sealAudit(ports).catch((error: unknown) => ports.log.warn({ err: error }, 'the audit could not be sealed'));
    for (const host of ports.engines.names())
      await sweepOrphans(ports, host).catch((error: unknown) =>
        ports.log.warn({ err: error, host }, 'orphans could not be looked for'),
      );
    await pause(sweepSeconds * 1000, signal);
  }
}
