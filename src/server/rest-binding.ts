import type { AnyOperation, InputOf, OutputOf } from '../operation.ts';
import { advanceOf, type Batch, type FeedInput } from './feed.ts';
import type { Advance, Source } from './watch.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An operation at a REST address. */
export interface Route {
  readonly operation: AnyOperation;
  readonly method: Method;
  /** Fastify's notation: `/v1/hosts/:host`; each parameter is a field of the input. */
  readonly url: string;
  /** Status of a success. */
  readonly status: number;
  readonly answer: Answer;
  readonly location: ((output: unknown, input: unknown) => string) | undefined;
}

/** How the output goes out: as JSON, as a file, or as server-sent events, one for each change. */
export type Answer =
  | { readonly kind: 'json' }
  | { readonly kind: 'file' }
  | {
      readonly kind: 'events';
      readonly source: Source;
      readonly until: (output: unknown) => boolean;
      /** The outputs are the batches of a feed. */
      readonly advance?: (input: unknown, output: unknown) => Advance;
      /** The feed is served here as well, to who accepts server-sent events. */
      readonly alsoAt?: string;
    };

type ParametersOf<Url extends string> = Url extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParametersOf<`/${Rest}`>
  : Url extends `${string}:${infer Name}`
    ? Name
    : never;

type UrlFor<O extends AnyOperation, Url extends string> =
  ParametersOf<Url> extends keyof InputOf<O>
    ? Url
    : `${Exclude<ParametersOf<Url>, keyof InputOf<O>> & string} is no field of the input`;

type MethodFor<O extends AnyOperation> = O['kind'] extends 'query' ? 'GET' : Exclude<Method, 'GET'>;

interface RouteOptions<O extends AnyOperation> {
  /** Status of a success; 200 when not given. */
  status?: number;
  /** Address of what was made, for the header `Location`. */
  location?: (output: OutputOf<O>, input: InputOf<O>) => string;
}

/**
 * Binds an operation to a method and an address. A parameter of the address that is no field of the input is a compile
 * error, as is a query that is not a GET or a command that is. The other fields come from the query string (GET and
 * DELETE) or from the body.
 */
export function route<O extends AnyOperation, const Url extends string>(
  operation: O,
  method: MethodFor<O>,
  url: UrlFor<O, Url>,
  { status = 200, location }: RouteOptions<O> = {},
): Route {
  return { operation, method, url, status, answer: { kind: 'json' }, location: location as Route['location'] };
}

/**
 * Binds a query whose input does not fit into a query string: a POST with a body. It is a query all the same: it changes
 * nothing, is not audited, and needs no idempotency key.
 */
export function inquiry<O extends AnyOperation & { readonly kind: 'query' }, const Url extends string>(
  operation: O,
  url: UrlFor<O, Url>,
): Route {
  return { operation, method: 'POST', url, status: 200, answer: { kind: 'json' }, location: undefined };
}

/** Options of a route whose command answers with a job: `202` and the job's address. */
export const accepted = { status: 202, location: (job: { id: string }) => `/v1/jobs/${job.id}` };

/** Binds a query whose output is a {@link import('../schema.ts').Download}. REST only: GraphQL does not carry files. */
export function download<O extends AnyOperation & { readonly kind: 'query' }, const Url extends string>(
  operation: O,
  url: UrlFor<O, Url>,
): Route {
  return { operation, method: 'GET', url, status: 200, answer: { kind: 'file' }, location: undefined };
}

/**
 * Binds a query as server-sent events: its output now, and again after each tick of `source`, each time with the rights
 * that the caller has then. Ends with the source, or after an output for which `until` is true.
 */
export function stream<O extends AnyOperation & { readonly kind: 'query' }, const Url extends string>(
  operation: O,
  url: UrlFor<O, Url>,
  source: Source<InputOf<O>>,
  { until = () => false }: { until?: (output: OutputOf<O>) => boolean } = {},
): Route {
  const answer = { kind: 'events' as const, source: source as Source, until: until as (output: unknown) => boolean };
  return { operation, method: 'GET', url, status: 200, answer, location: undefined };
}

/**
 * Binds a feed (a query that reads on from place to place) as server-sent events: each item once, with its place as the id of
 * the event. A client that comes back with the header `Last-Event-ID` reads on from there. `alsoAt` is the address of a list
 * where the feed is given to who accepts `text/event-stream`.
 */
export function feed<
  O extends AnyOperation & { readonly kind: 'query' } & (OutputOf<O> extends Batch ? unknown : never),
  const Url extends string,
>(operation: O, url: UrlFor<O, Url>, source: Source<InputOf<O> & FeedInput>, { alsoAt }: { alsoAt: string }): Route {
  const answer = { kind: 'events' as const, source, until: () => false, advance: advanceOf, alsoAt };
  return { operation, method: 'GET', url, status: 200, answer, location: undefined };
}
