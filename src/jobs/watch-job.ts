import type { Context } from '../context.ts';

/** Ticks whenever a job has changed. */
export function jobChanges({ ports }: Context, { job }: { job: string }, signal: AbortSignal): AsyncIterable<unknown> {
  return ports.notices.subscribe('job', job, signal);
}

/** Ticks whenever any job has changed; the query behind it shows only those that the caller reaches. */
export function anyJobChanges({ ports }: Context, _input: unknown, signal: AbortSignal): AsyncIterable<unknown> {
  return ports.notices.subscribe('job', undefined, signal);
}
