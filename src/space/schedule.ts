import type { Ports } from '../context.ts';
import { pause } from '../pause.ts';
import { systemCall } from '../system-call.ts';
import { hostsToMeasure, requestMeasurement } from './schedule-store.ts';

const lookSeconds = 5;

/**
 * Asks for a measurement of each host that is connected and has none that is young enough, until the signal aborts: so
 * the first one comes soon after the first connection, and of many that were missed one is caught up. Whichever replica
 * comes first asks.
 */
export async function scheduleMeasurements(ports: Ports, signal: AbortSignal): Promise<void> {
  const { measureSeconds } = ports.config;
  if (measureSeconds === 0) return;
  while (!signal.aborted) {
    await askWhereDue(ports).catch((error: unknown) =>
      ports.log.warn({ err: error }, 'measurements could not be asked for'),
    );
    await pause(Math.min(lookSeconds, measureSeconds) * 1000, signal);
  }
}

async function askWhereDue(ports: Ports): Promise<void> {
  const { db, config, locks } = ports;
  const due = await hostsToMeasure(db, ports.engines.names(), config.measureSeconds);
  for (const host of due)
    await locks.tryHold(`measure/${host}`, async () => {
      // Another replica may have asked since the first look.
      const isDue = (await hostsToMeasure(db, [host], config.measureSeconds)).length > 0;
      if (isDue) await requestMeasurement(systemCall(ports), host);
    });
}
