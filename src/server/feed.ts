import type { Advance } from './watch.ts';

/** Input of a feed: where to read on. */
export interface FeedInput {
  readonly after?: string;
}

/** Output of a feed: what comes after a place, and the place to read on from. */
export interface Batch {
  readonly items: readonly { readonly sequence: string }[];
  readonly sequence: string;
  readonly hasMore: boolean;
}

/** How a feed goes on after a batch. */
export function advanceOf(input: unknown, output: unknown): Advance {
  const { items, sequence, hasMore } = asBatch(output);
  return { input: { ...Object(input), after: sequence }, hasMore, isEmpty: items.length === 0 };
}

/**
 * A batch as server-sent events, each with its place as id. An empty one is a place alone: a client that is cut off before the
 * first event reads on from there.
 */
export function* feedEvents(output: unknown, serialize: (item: unknown) => string): Generator<string> {
  const { items, sequence } = asBatch(output);
  if (items.length === 0) yield `id: ${sequence}\n\n`;
  for (const item of items) yield `id: ${item.sequence}\ndata: ${serialize(item)}\n\n`;
}

/** The types of {@link feed} and {@link import('./graphql-binding.ts').subscription} see to it. */
function asBatch(output: unknown): Batch {
  return output as Batch;
}
