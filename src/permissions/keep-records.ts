import type { Ports } from '../context.ts';
import { pause } from '../pause.ts';
import { sweepRecords } from './undo-record.ts';

const sweepSeconds = 600;

/** Removes records of repairs that are past their time, until the signal aborts. */
export async function keepRecords(ports: Ports, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const host of ports.engines.names())
      await ports.locks
        .tryHold(`permission-records/${host}`, () => sweepRecords(ports, host))
        .catch((error: unknown) => ports.log.warn({ err: error, host }, 'old records of repairs could not be removed'));
    await pause(sweepSeconds * 1000, signal);
  }
}
