import type { Ports } from '../context.ts';
import { freshPaths } from '../hosts/read.ts';
import { pause } from '../pause.ts';

type PathPorts = Pick<Ports, 'db' | 'engines' | 'locks' | 'config' | 'log'>;

/** What a judgement waits for the paths of a host; those that take longer count for the next one. */
const patienceMs = 10_000;
/** Without the helper image, say, every try would fail. */
const retryMs = 60_000;

/**
 * Gives a function that has the paths of a host looked at where that is due: in full by their age, and with a glance at
 * least every `inventorySeconds`, since the engine tells of no path that is removed. It never throws, and does not wait for long;
 * `onLate` is called when paths come after that.
 */
export function keepPaths(ports: PathPorts, host: string, onLate: () => void): () => Promise<void> {
  let running: Promise<void> | null = null;
  let retryAt = Number.NEGATIVE_INFINITY;
  let glancedAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const startedAt = performance.now();
    try {
      const glance = startedAt - glancedAt >= ports.config.inventorySeconds * 1000;
      await freshPaths(ports, host, { glance });
      if (glance) glancedAt = startedAt;
      if (performance.now() - startedAt > patienceMs) onLate();
    } catch (error) {
      retryAt = performance.now() + retryMs;
      ports.log.warn({ err: error, host }, 'the paths that are bound on a host could not be looked at');
    }
    running = null;
  }

  return async () => {
    if (performance.now() < retryAt) return;
    running ??= look();
    const waiting = new AbortController();
    const patience = pause(patienceMs, waiting.signal);
    await Promise.race([running, patience]);
    waiting.abort();
  };
}
