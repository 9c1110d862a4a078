import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Ground } from '../ports.ts';
import type { MetricsAnswer, Request, ThreadMetrics } from './messages.ts';

/** The background work in a thread of its own. */
export interface BackgroundThread {
  /** Resolves when it has ended after the signal; rejects when it ended before. */
  readonly ended: Promise<void>;
  /** None once it has ended. */
  metrics(): Promise<ThreadMetrics>;
}

/** Starts `work.ts` in a thread, which ends its work when the signal aborts. */
export function startBackgroundThread(ground: Ground, signal: AbortSignal): BackgroundThread {
  const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData: ground });
  const waiting = new Map<number, PromiseWithResolvers<ThreadMetrics>>();
  let asked = 0;
  let hasEnded = false;
  const ask = (request: Request) => thread.postMessage(request);

  thread.on('message', ({ id, metrics }: MetricsAnswer) => {
    waiting.get(id)?.resolve(metrics);
    waiting.delete(id);
  });
  const drain = () => ask({ ask: 'drain' });
  if (signal.aborted) drain();
  else signal.addEventListener('abort', drain, { once: true });
  const ended = follow().finally(() => {
    hasEnded = true;
    for (const { resolve } of waiting.values()) resolve([]);
  });

  async function follow(): Promise<void> {
    const [code] = await once(thread, 'exit');
    if (!signal.aborted) throw new Error(`The background work ended by itself (exit code ${code}).`);
  }

  return {
    ended,
    async metrics() {
      if (hasEnded) return [];
      asked += 1;
      const answer = Promise.withResolvers<ThreadMetrics>();
      waiting.set(asked, answer);
      ask({ ask: 'metrics', id: asked });
      return await answer.promise;
    },
  };
}
