import type { GraphQLError } from 'graphql';
import type { Context } from '../context.ts';
import type { SubscriptionField } from './graphql-binding.ts';
import { graphqlError } from './graphql-errors.ts';
import { plainInput } from './graphql-input.ts';
import type { PlainSchema } from './graphql-types.ts';
import { watch } from './watch.ts';

interface ConnectionContext {
  readonly call: Context;
  readonly currentCall: () => Promise<Context>;
  readonly draining: AbortSignal;
}

/** What goes from the iteration to the resolver: an output, or why the watching ended. */
type Event = { readonly output: unknown } | { readonly error: GraphQLError };

/** Watches a query for a subscriber. What ends the watching early is sent as the error of a last event. */
export function subscriptionResolver({ operation, source, until, advance }: SubscriptionField) {
  return {
    subscribe(_root: unknown, args: unknown, { call, currentCall, draining }: ConnectionContext) {
      const stopped = new AbortController();
      const signal = AbortSignal.any([stopped.signal, draining]);
      const input = plainInput(args, operation.input as PlainSchema);
      const outputs = watch({ operation, input, source, until, advance, currentContext: currentCall, signal });
      return endingWith(stopped, events(outputs, call));
    },
    resolve(event: Event) {
      if ('error' in event) throw event.error;
      return event.output;
    },
  };
}

async function* events(outputs: AsyncIterable<unknown>, { requestId, ports }: Context): AsyncGenerator<Event> {
  try {
    for await (const output of outputs) yield { output };
  } catch (error) {
    yield { error: graphqlError(error, requestId, ports.log) };
  }
}

/** A generator that waits does not hear `return`: the signal wakes it. */
function endingWith<Item>(stopped: AbortController, items: AsyncGenerator<Item>): AsyncIterableIterator<Item> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => items.next(),
    return() {
      stopped.abort();
      return items.return(undefined);
    },
  };
}
