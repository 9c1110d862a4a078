import type { Ports } from './context.ts';
import { pause } from './pause.ts';

interface Repetition {
  /** Name of the lock: whichever replica comes first does the work. */
  readonly lock: string;
  readonly seconds: number;
  /** What the log says when the work fails; it is tried again. */
  readonly complaint: string;
}

/** Does some work in one replica at a time, and again after a while, until the signal aborts. */
export async function repeatAlone(
  { locks, log }: Pick<Ports, 'locks' | 'log'>,
  { lock, seconds, complaint }: Repetition,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await locks.tryHold(lock, work).catch((error: unknown) => log.warn({ err: error }, complaint));
    await pause(seconds * 1000, signal);
  }
}
