import type { Context } from '../context.ts';

/** Ticks whenever an event was recorded. */
export function newEvents({ ports }: Context, _input: unknown, signal: AbortSignal): AsyncIterable<unknown> {
  return ports.notices.subscribe('event', undefined, signal);
}
