import { actorOf } from '../admission.ts';
import type { Context } from '../context.ts';
import { invoke } from '../invoke.ts';
import type { AnyOperation } from '../operation.ts';
import { collectTicks } from './ticks.ts';

/** Ticks: something that the query reads may have changed. It must end when the signal aborts. */
// biome-ignore lint/suspicious/noExplicitAny: a source of unknown input is the type of the registry, as with operations
export type Source<In = any> = (context: Context, input: In, signal: AbortSignal) => AsyncIterable<unknown>;

/** Where a query that reads on from place to place is after an output. */
export interface Advance {
  /** Input of the next reading. */
  readonly input: unknown;
  /** The next reading is due at once. */
  readonly hasMore: boolean;
  /** There is nothing in the output. */
  readonly isEmpty: boolean;
}

/** How often the caller's credential is looked at again while nothing happens. */
const quietMilliseconds = 15_000;

export interface Watched {
  readonly operation: AnyOperation;
  readonly input: unknown;
  readonly source: Source;
  /** Whether this output is the last one. */
  readonly until: (output: unknown) => boolean;
  /** For a query that reads on: each output is then given once, and those that hold nothing (but for the first) not at all. */
  readonly advance?: ((input: unknown, output: unknown) => Advance) | undefined;
  /** The caller as of now: the credential is checked each time. */
  readonly currentContext: () => Promise<Context>;
  readonly signal: AbortSignal;
}

/**
 * The output of a query now and after each tick of the source, until the source ends or the signal aborts. Each reading
 * goes through {@link invoke} with the rights that the caller has then, so a failed reading, or a credential that is
 * not good any more, ends the watching: it is thrown.
 */
export async function* watch({
  operation,
  input: firstInput,
  source,
  until,
  advance,
  currentContext,
  signal,
}: Watched): AsyncGenerator<unknown> {
  // The caller is admitted before the source is asked; what is shown is read while the source listens, so no change is lost.
  const context = await currentContext();
  const first = await invoke(operation, context, firstInput);
  let place = advance?.(firstInput, first);
  if (place !== undefined) yield first;
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  try {
    const ticks = collectTicks(source(context, firstInput, either), either);
    let turn = 'tick';
    while (turn !== 'ended') {
      const current = await currentContext();
      actorOf(current);
      if (turn === 'tick') {
        const output = await invoke(operation, current, place?.input ?? firstInput);
        place = advance?.(place?.input, output);
        if (place?.isEmpty !== true) yield output;
        if (until(output)) return;
      }
      turn =
        place?.hasMore === true && turn === 'tick' && !either.aborted ? 'tick' : await ticks.next(quietMilliseconds);
    }
  } finally {
    stopping.abort();
  }
}
