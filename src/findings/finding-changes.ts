import type { Context } from '../context.ts';

/** Ticks whenever findings were opened, changed or resolved (of one host, when the filter names it); the query behind it shows only those that the caller reaches. */
export function findingChanges(
  { ports }: Context,
  { host }: { host?: string },
  signal: AbortSignal,
): AsyncIterable<unknown> {
  return ports.notices.subscribe('finding', host, signal);
}
