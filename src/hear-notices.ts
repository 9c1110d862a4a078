import type { Notice, Notices } from './database/notices.ts';
import { pause } from './pause.ts';

/** What has been heard since it was forgotten: for work that is done again after each change, those that come together being one. */
export interface Hearing {
  /** Settles when the signal has aborted. */
  readonly ended: Promise<void>;
  /** As if something had been heard. */
  note(): void;
  forget(): void;
  /** Ends with the next notice, at once when there was one already, else after so long. */
  next(milliseconds: number): Promise<void>;
}

/** Hears the notices about `topic` (and `id`, when given) from now on, until the signal aborts. */
export function hearNotices(
  notices: Notices,
  topic: Notice['topic'],
  id: string | undefined,
  signal: AbortSignal,
): Hearing {
  let heard = Promise.withResolvers<void>();
  const hear = async () => {
    for await (const _ of notices.subscribe(topic, id, signal)) heard.resolve();
  };

  return {
    ended: hear(),
    note: () => heard.resolve(),
    forget() {
      heard = Promise.withResolvers();
    },
    async next(milliseconds) {
      const waiting = new AbortController();
      await Promise.race([heard.promise, pause(milliseconds, AbortSignal.any([signal, waiting.signal]))]);
      waiting.abort();
    },
  };
}
