import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fail } from '../errors.ts';

/** What a list without a limit of its own is taken to hold. */
const assumedItems = 10;
/** What a page holds when the query names no limit. */
const assumedPage = 50;
/** A mutation is work: as much as reading so many objects. */
const mutationCost = 100;

/** How much one GraphQL request may ask for. */
export interface QueryLimits {
  readonly queryDepth: number;
  readonly queryCost: number;
}

/** How many objects a selection asks for, for each object that it is made on, and how many levels it has. */
interface Measure {
  readonly cost: number;
  readonly depth: number;
}

/**
 * Refuses a valid document that asks for too much: `query_too_deep`, `query_too_costly`. The cost is an estimate of the
 * objects in the answer: the limits of pages multiply down the nesting. Introspection is free; GraphQL limits it itself.
 */
export function refuseExcess(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  limits: QueryLimits,
): void {
  const measure = measurer(schema, document, variables);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = schema.getRootType(definition.operation);
    if (root === undefined || root === null) continue;
    const { cost, depth } = measure(definition.selectionSet, root, undefined);
    if (depth > limits.queryDepth)
      throw fail('query_too_deep', `The query is ${depth} levels deep; ${limits.queryDepth} are allowed.`);
    if (cost > limits.queryCost)
      throw fail(
        'query_too_costly',
        `The query asks for about ${cost} objects; ${limits.queryCost} are allowed. Take smaller pages or fewer levels.`,
      );
  }
}

/** Refuses a text whose brackets are nested so deep that reading it could exhaust the stack: `query_too_deep`. */
export function refuseDeepText(source: string, deepest = 200): void {
  let depth = 0;
  for (const [token] of source.matchAll(/"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[{[(]|[}\])]/g)) {
    if (token === '{' || token === '[' || token === '(') depth += 1;
    if (token === '}' || token === ']' || token === ')') depth -= 1;
    if (depth > deepest) throw fail('query_too_deep', `The document is nested more than ${deepest} levels deep.`);
  }
}

function measurer(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  // A fragment is measured once, however often it is spread: documents can spread them exponentially often.
  const known = new Map<string, Measure>();

  /** `page` is the limit of the field around, when it has one: the list in it holds so many. */
  function measure({ selections }: SelectionSetNode, parent: GraphQLObjectType, page: number | undefined): Measure {
    return selections.map((selection) => measureSelection(selection, parent, page)).reduce(sum, { cost: 0, depth: 0 });
  }

  function measureSelection(selection: SelectionNode, parent: GraphQLObjectType, page: number | undefined): Measure {
    switch (selection.kind) {
      case Kind.FIELD:
        return measureField(selection, parent, page);
      case Kind.INLINE_FRAGMENT:
        return measure(selection.selectionSet, objectType(selection.typeCondition?.name.value, parent), page);
      case Kind.FRAGMENT_SPREAD:
        return measureFragment(selection.name.value, parent, page);
    }
  }

  function measureFragment(name: string, parent: GraphQLObjectType, page: number | undefined): Measure {
    const key = `${name} ${page}`;
    const fragment = fragments.get(name);
    const result =
      known.get(key) ??
      (fragment === undefined
        ? nothing
        : measure(fragment.selectionSet, objectType(fragment.typeCondition.name.value, parent), page));
    known.set(key, result);
    return result;
  }

  function measureField(node: FieldNode, parent: GraphQLObjectType, page: number | undefined): Measure {
    const field = parent.getFields()[node.name.value];
    if (field === undefined) return nothing;
    const type = getNamedType(field.type);
    const own = parent === schema.getMutationType() ? mutationCost : 1;
    if (!isObjectType(type) || node.selectionSet === undefined) return { cost: own - 1, depth: 1 };
    const limit = field.args.some(({ name }) => name === 'limit') ? limitOf(node) : undefined;
    const inner = measure(node.selectionSet, type, limit);
    const items = isListType(getNullableType(field.type)) ? (page ?? assumedItems) : 1;
    return { cost: items * (own + inner.cost), depth: inner.depth + 1 };
  }

  function limitOf({ arguments: given = [] }: FieldNode): number {
    const value = given.find(({ name }) => name.value === 'limit')?.value;
    if (value?.kind === Kind.INT) return Math.max(1, Number(value.value));
    const variable = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
    return typeof variable === 'number' ? Math.max(1, variable) : assumedPage;
  }

  function objectType(name: string | undefined, parent: GraphQLObjectType): GraphQLObjectType {
    const type = name === undefined ? parent : schema.getType(name);
    return isObjectType(type) ? type : parent;
  }

  return measure;
}

const nothing: Measure = { cost: 0, depth: 0 };

function sum(a: Measure, b: Measure): Measure {
  return { cost: a.cost + b.cost, depth: Math.max(a.depth, b.depth) };
}
