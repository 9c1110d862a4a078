import type { Context } from '../context.ts';
import { invoke } from '../invoke.ts';
import type { AnyOperation, InputOf, OutputOf } from '../operation.ts';
import { advanceOf, type Batch, type FeedInput } from './feed.ts';
import type { Advance, Source } from './watch.ts';

/** An operation as a field of Query or Mutation. */
export interface RootField {
  readonly operation: AnyOperation;
  readonly isNullable: boolean;
}

/** A query as a field of Subscription. */
export interface SubscriptionField {
  readonly operation: AnyOperation;
  readonly source: Source;
  readonly until: (output: unknown) => boolean;
  /** The outputs are the batches of a feed. */
  readonly advance?: (input: unknown, output: unknown) => Advance;
}

/** A field from one object to others, read for all objects of an answer at once. */
export interface Edge {
  /** Type of the field in GraphQL, such as `Host` or `[Mount!]!`. */
  readonly type: string;
  readonly description: string;
  readonly operation: AnyOperation;
  load(context: Context, parents: readonly unknown[]): Promise<unknown[]>;
}

/** What a domain adds to the GraphQL schema. The types themselves are made from the schemas of the operations. */
export interface GraphqlPart {
  readonly Query?: Readonly<Record<string, RootField>>;
  readonly Mutation?: Readonly<Record<string, RootField>>;
  readonly Subscription?: Readonly<Record<string, SubscriptionField>>;
  /** By type, by field. */
  readonly edges?: Readonly<Record<string, Readonly<Record<string, Edge>>>>;
}

/** An operation as a field. A query of one object, which may be absent, is `nullable`: then only its own field is null in the answer. */
export function field(operation: AnyOperation, { nullable = false }: { nullable?: boolean } = {}): RootField {
  return { operation, isNullable: nullable };
}

/** A query as a subscription: its output now and after each tick of `source`, until an output for which `until` is true. */
export function subscription<O extends AnyOperation & { readonly kind: 'query' }>(
  operation: O,
  source: Source<InputOf<O>>,
  { until = () => false }: { until?: (output: OutputOf<O>) => boolean } = {},
): SubscriptionField {
  return { operation, source: source as Source, until: until as SubscriptionField['until'] };
}

/** A feed as a subscription: a batch of what comes after the place that is asked for, or after now, whenever there is something. The first tells the place, and may be empty. */
export function feed<
  O extends AnyOperation & { readonly kind: 'query' } & (OutputOf<O> extends Batch ? unknown : never),
>(operation: O, source: Source<InputOf<O> & FeedInput>): SubscriptionField {
  return { operation, source, until: () => false, advance: advanceOf };
}

type RowOf<O extends AnyOperation> = OutputOf<O> extends readonly (infer Row)[] ? Row : never;
type KeyOf<O extends AnyOperation, Argument extends keyof InputOf<O>> =
  NonNullable<InputOf<O>[Argument]> extends readonly (infer Key)[] ? Key : never;

interface EdgeOptions<O extends AnyOperation, Argument extends keyof InputOf<O>, Parent> {
  /** Field of the input that takes the keys of all parents. */
  arg: Argument;
  /** Key of a parent; null when it leads nowhere. */
  key(parent: Parent): KeyOf<O, Argument> | null;
  /** Key of the parent that a row of the output belongs to. */
  back(row: RowOf<O>): KeyOf<O, Argument>;
}

/**
 * A field loaded in one batch: `operation` (an internal query whose output is an array) is invoked once for all parents.
 * `type` is the GraphQL type of the field; a list when it begins with `[`. Make it nullable unless every parent has one.
 */
export function edge<O extends AnyOperation, Argument extends keyof InputOf<O> & string, Parent>(
  type: string,
  operation: O,
  { arg, key, back }: EdgeOptions<O, Argument, Parent>,
): Edge {
  const isList = type.startsWith('[');
  const batch = batchSizeOf(operation, arg);
  const text = (value: KeyOf<O, Argument> | null) => JSON.stringify(value);

  return {
    type,
    description: operation.summary,
    operation,
    async load(context, parents) {
      const keys = parents.map((parent) => key(parent as Parent));
      const distinct = [...new Map(keys.filter((one) => one !== null).map((one) => [text(one), one])).values()];
      const rows: RowOf<O>[] = [];
      for (let start = 0; start < distinct.length; start += batch)
        rows.push(
          ...((await invoke(operation, context, { [arg]: distinct.slice(start, start + batch) })) as RowOf<O>[]),
        );
      const rowsOf = Map.groupBy(rows, (row) => text(back(row)));
      return keys.map((one) => (isList ? (rowsOf.get(text(one)) ?? []) : (rowsOf.get(text(one))?.[0] ?? null)));
    },
  };
}

/** The most keys that the operation takes at once. */
function batchSizeOf({ input }: AnyOperation, argument: string): number {
  const schema: unknown = input.properties[argument];
  const isLimited =
    typeof schema === 'object' && schema !== null && 'maxItems' in schema && typeof schema.maxItems === 'number';
  return isLimited ? Number(schema.maxItems) : Number.POSITIVE_INFINITY;
}

/** Declares the GraphQL part of a domain. Throws when a query stands under Mutation or a command elsewhere. */
export function graphql(part: GraphqlPart): GraphqlPart {
  refuseKind('command', { ...part.Query, ...part.Subscription });
  refuseKind('query', { ...part.Mutation });
  return part;
}

function refuseKind(kind: AnyOperation['kind'], fields: Record<string, { operation: AnyOperation }>): void {
  for (const [name, { operation }] of Object.entries(fields))
    if (operation.kind === kind) throw new Error(`${name}: ${operation.id} is a ${kind}`);
}
