import type { GraphQLResolveInfo } from 'graphql';
import type { MercuriusLoaders } from 'mercurius';
import type { Context } from '../context.ts';
import { invoke } from '../invoke.ts';
import type { AnyOperation } from '../operation.ts';
import type { Edge, RootField } from './graphql-binding.ts';
import { plainInput } from './graphql-input.ts';
import { scalars } from './graphql-scalars.ts';
import type { GraphqlParts } from './graphql-sdl.ts';
import { subscriptionResolver } from './graphql-subscription.ts';
import type { PlainSchema } from './graphql-types.ts';

interface CallContext {
  readonly call: Context;
}

/** The resolvers of all parts: each of them invokes an operation and does nothing else. */
export function makeResolvers(parts: GraphqlParts) {
  const all = Object.values(parts);
  const merged = <Field>(pick: (part: GraphqlParts[string]) => Readonly<Record<string, Field>> | undefined) =>
    Object.assign({}, ...all.map((part) => pick(part) ?? {})) as Record<string, Field>;
  return {
    ...scalars,
    Query: mapValues(
      merged((part) => part.Query),
      queryResolver,
    ),
    Mutation: mapValues(
      merged((part) => part.Mutation),
      mutationResolver,
    ),
    Subscription: mapValues(
      merged((part) => part.Subscription),
      subscriptionResolver,
    ),
  };
}

/** The loaders of all parts: a field of many objects is read with one invocation. */
export function makeLoaders(parts: GraphqlParts): MercuriusLoaders {
  const loaders: Record<string, Record<string, object>> = {};
  for (const { edges = {} } of Object.values(parts))
    for (const [type, fields] of Object.entries(edges))
      loaders[type] = { ...loaders[type], ...mapValues(fields, loaderOf) };
  return loaders as MercuriusLoaders;
}

function queryResolver({ operation }: RootField) {
  return (_root: unknown, args: unknown, { call }: CallContext) => invoke(operation, call, inputOf(operation, args));
}

function mutationResolver({ operation }: RootField) {
  return (_root: unknown, args: { input?: unknown }, { call }: CallContext, info: GraphQLResolveInfo) =>
    invoke(operation, { ...call, requestPart: String(info.path.key) }, inputOf(operation, args.input ?? {}));
}

function inputOf({ input }: AnyOperation, args: unknown): unknown {
  return plainInput(args, input as PlainSchema);
}

function loaderOf(edge: Edge) {
  return {
    loader: (queries: { obj: unknown }[], { call }: CallContext) =>
      edge.load(
        call,
        queries.map(({ obj }) => obj),
      ),
    opts: { cache: false },
  };
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
