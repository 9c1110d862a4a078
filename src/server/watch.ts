import { actorOf } from '../admission.ts';
import type { Context } from '../context.ts';
import { invoke } from '../invoke.ts';
import type { AnyOperation } from '../operation.ts';
import { collectTicks } from './ticks.ts';

/** Ticks: something that the query reads may have changed. It must end when the signal aborts. */
// biome-ignore lint/suspicious/noExplicitAny: a source of unknown input is the type of the registry, as with operations
export type Source<In = any> = (context: Context, input: In, signal: AbortSignal) => AsyncIterable<unknown>;

/** How often the caller's credential is looked at again while nothing happens. */
const quietMilliseconds = 15_000;

export interface Watched {
  readonly operation: AnyOperation;
  readonly input: unknown;
  readonly source: Source;
  /** Whether this output is the last one. */
  readonly until: (output: unknown) => boolean;
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
  input,
  source,
  until,
  currentContext,
  signal,
}: Watched): AsyncGenerator<unknown> {
  // The caller is admitted before the source is asked; what is shown is read while the source listens, so no change is lost.
  const context = await currentContext();
  await invoke(operation, context, input);
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  try {
    const ticks = collectTicks(source(context, input, either), either);
    let turn = 'tick';
    while (turn !== 'ended') {
      const current = await currentContext();
      actorOf(current);
      if (turn === 'tick') {
        const output = await invoke(operation, current, input);
        yield output;
        if (until(output)) return;
      }
      turn = await ticks.next(quietMilliseconds);
    }
  } finally {
    stopping.abort();
  }
}
