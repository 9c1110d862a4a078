import { isFailure } from '../errors.ts';
import { pause } from '../pause.ts';
import { type Companion, followHost, type WatcherPorts } from './follow-host.ts';
import { noteUnreachable } from './store.ts';

/** Wait of a replica for a host that another replica watches. */
const turnMs = 3_000;
const shortestWaitMs = 500;
const longestWaitMs = 5_000;
/** After so long with an engine that answered, a break is the first one again. */
const steadyMs = 30_000;

/**
 * Keeps the inventory of every host until the signal aborts, and what its companions keep. Of several replicas one watches
 * a host; another takes over when it dies.
 */
export async function watchHosts(
  ports: WatcherPorts,
  signal: AbortSignal,
  companions: readonly Companion[] = [],
): Promise<void> {
  await Promise.all(ports.engines.names().map((host) => watchInTurn(ports, host, signal, companions)));
}

async function watchInTurn(
  ports: WatcherPorts,
  host: string,
  signal: AbortSignal,
  companions: readonly Companion[],
): Promise<void> {
  while (!signal.aborted) {
    try {
      await ports.locks.tryHold(
        `watcher/${host}`,
        async (lost) => await watchHost(ports, host, AbortSignal.any([signal, lost]), companions),
      );
    } catch (error) {
      ports.log.warn({ err: error, host }, 'the lock for watching a host could not be asked for');
    }
    await pause(turnMs, signal);
  }
}

async function watchHost(
  ports: WatcherPorts,
  host: string,
  signal: AbortSignal,
  companions: readonly Companion[],
): Promise<void> {
  let waitMs = shortestWaitMs;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      await followHost(ports, host, signal, companions);
    } catch (error) {
      if (signal.aborted) return;
      await noteBreak(ports, host, error);
    }
    waitMs = Date.now() - startedAt > steadyMs ? shortestWaitMs : Math.min(waitMs * 2, longestWaitMs);
    await pause(waitMs, signal);
  }
}

/** An engine that is away is a state of the host; anything else that breaks the watching is for the log alone. */
async function noteBreak({ db, notices, telemetry, log }: WatcherPorts, host: string, error: unknown): Promise<void> {
  if (!isFailure(error, 'host_unavailable'))
    return log.error({ err: error, host }, 'the inventory of a host could not be kept');
  telemetry.hostUp.set({ host }, 0);
  log.warn({ host, detail: error.message }, 'the Docker engine of a host is away');
  try {
    await noteUnreachable(db, host, error.message);
    await notices.publish({ topic: 'inventory', id: host });
  } catch (cause) {
    log.warn({ err: cause, host }, 'the state of a host could not be written down');
  }
}
