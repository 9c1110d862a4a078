import type { Context } from '../context.ts';

/** Ticks whenever a job has changed. */
export function jobChanges({ ports }: Context, { job }: { job: string }, signal: AbortSignal): AsyncIterable<unknown> {
  return ports.notices.subscribe('job', job, signal);
}
