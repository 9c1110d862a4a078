import { parse, print } from 'graphql';
import type { AnyOperation } from '../operation.ts';
import type { GraphqlPart } from './graphql-binding.ts';
import { scalars } from './graphql-scalars.ts';
import { addObject, describe, fieldsOf, type NamedTypes, type PlainSchema, typeOf } from './graphql-types.ts';

/** The parts of all domains, by domain. */
export type GraphqlParts = Readonly<Record<string, GraphqlPart>>;

const rootTypes = ['Query', 'Mutation', 'Subscription'] as const;
type RootType = (typeof rootTypes)[number];

/** The texts that a domain's part makes, before types that several domains use find their place. */
interface Draft {
  readonly domain: string;
  readonly types: NamedTypes;
  /** Types that the operations of the domain give or take themselves, rather than mention inside. */
  readonly own: ReadonlySet<string>;
  readonly extensions: readonly string[];
}

/**
 * The GraphQL schema in SDL, by file: `base` with the scalars, and a file for each domain. A type that several domains
 * use stands with the first whose operations give it, else with the first that mentions it.
 */
export function describeGraphql(parts: GraphqlParts): Record<string, string> {
  const drafts = Object.entries(parts).map(([domain, part]) => draft(domain, part));
  refuseConflicts(drafts);
  const texts = drafts.map((one) => [one.domain, pretty([...typesToShow(one, drafts), ...one.extensions])]);
  return { base: pretty(baseDefinitions(parts)), ...Object.fromEntries(texts.filter(([, text]) => text !== '')) };
}

function draft(domain: string, part: GraphqlPart): Draft {
  const types: NamedTypes = new Map();
  const own = new Set<string>();
  const extensions = rootTypes.flatMap((root) => {
    const fields = Object.entries<{ operation: AnyOperation; isNullable?: boolean }>(part[root] ?? {});
    const texts = fields.map(([name, { operation, isNullable = false }]) =>
      rootField(root, name, operation, isNullable, types, own),
    );
    return texts.length === 0 ? [] : [`extend type ${root} {\n${texts.join('\n')}\n}`];
  });
  return { domain, types, own, extensions: [...extensions, ...edgeExtensions(part, types)] };
}

function rootField(
  root: RootType,
  name: string,
  operation: AnyOperation,
  isNullable: boolean,
  types: NamedTypes,
  own: Set<string>,
): string {
  const { input, output, id, summary, description } = operation;
  const outputSchema = output as PlainSchema;
  const type = typeOf(outputSchema, id, 'output', types);
  const outputs = [type.text, ...Object.values(outputSchema.properties ?? {}).map(({ items }) => items?.$id ?? '')];
  for (const text of outputs) own.add(text.replace(/[[\]!]/g, ''));
  const about = description === undefined ? summary : `${summary}\n\n${description}`;
  const isRequired = !type.isNullable && !isNullable;
  return `${describe(about)}${name}${argumentsOf(root, name, input as PlainSchema, id, types)}: ${type.text}${isRequired ? '!' : ''}`;
}

/** A mutation takes its fields as one input object; the others take them as arguments. */
function argumentsOf(root: RootType, name: string, input: PlainSchema, id: string, types: NamedTypes): string {
  if (Object.keys(input.properties ?? {}).length === 0) return '';
  if (root !== 'Mutation') return `(\n${fieldsOf(input, id, 'input', types).join('\n')}\n)`;
  const type = addObject(
    { ...input, description: `Input of \`${name}\`.` },
    id,
    'input',
    types,
    `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`,
  );
  return `(input: ${type}!)`;
}

function edgeExtensions({ edges = {} }: GraphqlPart, types: NamedTypes): string[] {
  return Object.entries(edges).map(([type, fields]) => {
    const texts = Object.entries(fields).map(([name, edge]) => {
      typeOf(edge.operation.output as PlainSchema, edge.operation.id, 'output', types);
      return `${describe(edge.description)}${name}: ${edge.type}`;
    });
    return `extend type ${type} {\n${texts.join('\n')}\n}`;
  });
}

function refuseConflicts(drafts: readonly Draft[]): void {
  const all: NamedTypes = new Map();
  for (const { domain, types } of drafts)
    for (const [name, text] of types) {
      if (all.has(name) && all.get(name) !== text)
        throw new Error(`${domain}: another domain has a different type with the name ${name}`);
      all.set(name, text);
    }
}

function typesToShow({ domain, types }: Draft, drafts: readonly Draft[]): string[] {
  const homeOf = (name: string) =>
    (drafts.find((one) => one.own.has(name)) ?? drafts.find((one) => one.types.has(name)))?.domain;
  return [...types].filter(([name]) => homeOf(name) === domain).map(([, text]) => text);
}

function baseDefinitions(parts: GraphqlParts): string[] {
  const roots = rootTypes.filter((root) =>
    Object.values(parts).some((part) => Object.keys(part[root] ?? {}).length > 0),
  );
  const scalarTexts = Object.values(scalars).map(
    ({ name, description }) => `${describe(description ?? '')}scalar ${name}`,
  );
  return [...roots.map((root) => `type ${root}`), ...scalarTexts];
}

function pretty(definitions: readonly string[]): string {
  return definitions.length === 0 ? '' : `${print(parse(definitions.join('\n')))}\n`;
}
