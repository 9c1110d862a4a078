import type { Ports } from '../context.ts';
import { pause } from '../pause.ts';

const lookEveryMs = 50;
const longestMs = 10_000;

/**
 * Waits until a host has been listed once, or its engine is known to be away; ten seconds at most, and not at all where an
 * earlier process has listed it. What is on the host is then there for the first request.
 */
export async function awaitFirstList({ db }: Pick<Ports, 'db'>, name: string, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + longestMs;
  while (!signal.aborted && Date.now() < giveUpAt) {
    const host = await db.host.findUnique({ where: { name }, select: { state: true, syncedAt: true } });
    if (host === null || host.syncedAt !== null || host.state === 'unreachable') return;
    await pause(lookEveryMs, signal);
  }
}
