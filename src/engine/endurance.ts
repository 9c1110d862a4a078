import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../errors.ts';
import { translateEngineError } from './translate-error.ts';

const firstPauseMs = 200;
const longestPauseMs = 5_000;
const breaksEndured = 10;

/** Patience with an engine that goes away for a moment, such as at its restart: about half a minute in all. */
export interface Endurance {
  /** Takes note that the engine answers. */
  over(): void;
  /** Waits before one asks again. Ends at once when the signal aborts. */
  pause(): Promise<void>;
  /** Waits after an error if the engine is away, longer each time. Throws the error when it is another one, or when it was so for too long. */
  endure(error: unknown): Promise<void>;
}

/** Starts patient. */
export function endurance(host: string, signal: AbortSignal): Endurance {
  let breaks = 0;

  async function pause(): Promise<void> {
    // An aborted pause is no error: the caller looks at the signal itself.
    await sleep(Math.min(firstPauseMs * 2 ** breaks, longestPauseMs), undefined, { signal }).catch(() => undefined);
  }

  return {
    over() {
      breaks = 0;
    },
    pause,
    async endure(error) {
      if (signal.aborted) return;
      const failure = translateEngineError(host, error);
      if (!isFailure(failure, 'host_unavailable') || breaks >= breaksEndured) throw failure;
      await pause();
      breaks += 1;
    },
  };
}
