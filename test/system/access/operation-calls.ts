import { buildSchema, type GraphQLObjectType, getNamedType, isCompositeType } from 'graphql';
import type { AnyOperation } from '../../../src/operation.ts';
import { describeGraphql } from '../../../src/server/graphql-sdl.ts';
import { graphqlParts, routes } from '../../../src/server/interfaces.ts';
import type { Route } from '../../../src/server/rest-binding.ts';
import type { ProjectObjects } from './project-objects.ts';

const schema = buildSchema(Object.values(describeGraphql(graphqlParts)).join('\n'));

/** What an operation must be told besides the object that its address names, to get past its schema. */
const needed: Readonly<Record<string, (objects: ProjectObjects) => Record<string, unknown>>> = {
  'volumes.create': ({ project, name }) => ({ name: `new-${name}`, project }),
  'mounts.advise': () => ({ purpose: 'database' }),
  'mountPresets.create': () => ({ name: 'new-preset', sizeBytes: 1_000_000 }),
  'findings.acknowledge': () => ({ reason: 'known' }),
  'repositories.create': () => ({ name: 'new-repository' }),
  'snapshots.file': () => ({ path: '/x' }),
  'volumes.importArchive': () => ({ path: '/x.tar.gz', into: 'new-volume' }),
  'restores.create': ({ snapshot }) => ({ snapshot }),
  'composeProjects.createRestore': () => ({ backup: '00000000-0000-4000-8000-000000000000' }),
  'databases.restore': ({ snapshot }) => ({ snapshot }),
  'configuration.restore': ({ snapshot }) => ({ snapshot }),
  'images.restore': ({ snapshot }) => ({ snapshot }),
  'volumes.undelete': ({ deleted }) => ({ name: deleted }),
  'directories.create': ({ project }) => ({ project, uid: 1000, gid: 1000 }),
  'prunePlans.create': ({ project }) => ({ project }),
  'shares.create': ({ host, volume }) => ({ name: 'new-share', host, volume }),
  'shareRules.grant': () => ({ subject: { kind: 'service', value: 'service:x' }, access: 'ro' }),
  'shareRules.request': () => ({ subject: { kind: 'service', value: 'service:x' }, access: 'ro' }),
  'shareRules.deny': () => ({ reason: 'no' }),
  'shares.letGo': ({ container }) => ({ container }),
  'shareAttachments.create': () => ({ project: 'mine', target: '/data' }),
  'snapshotHolds.create': () => ({ reason: 'x' }),
  'policies.create': ({ project }) => ({ name: 'new-policy', project, schedule: { cron: '0 2 * * *' } }),
  'webhooks.create': ({ project }) => ({ url: 'https://receiver.example', project }),
  'tokens.create': ({ project }) => ({ name: 'x', roles: [{ role: 'viewer', project }] }),
  'serviceAccounts.create': ({ project }) => ({ name: 'x', project }),
  'serviceAccounts.createToken': () => ({ name: 'x' }),
  'ownTokens.create': () => ({ name: 'x' }),
  'roleBindings.create': ({ project }) => ({ subject: 'user:https://issuer.example|x', role: 'viewer', project }),
};

const namesProject = new Set([
  'volumes.create',
  'directories.create',
  'prunePlans.create',
  'tokens.create',
  'policies.create',
  'webhooks.create',
  'serviceAccounts.create',
  'roleBindings.create',
]);

/** A call of an operation, in both interfaces as far as it has them. */
export interface OperationCall {
  readonly operation: AnyOperation;
  readonly input: Record<string, unknown>;
  /** The input names the project of what is to be made: there is nothing that could be hidden. */
  readonly namesProject: boolean;
  readonly rest: { readonly method: Route['method']; readonly url: string; readonly payload?: Record<string, unknown> };
  readonly graphql: { readonly query: string; readonly variables: Record<string, unknown> } | null;
}

/** A call of each address about these objects, streams included, and of each field with the first. Throws for an operation that it cannot make a call of. */
export function callsAbout(objects: ProjectObjects): OperationCall[] {
  const first = new Map(routes.toReversed().map((route) => [route.operation.id, route]));
  return routes.map((route) => ({
    operation: route.operation,
    input: inputOf(route, objects),
    namesProject: namesProject.has(route.operation.id),
    rest: restCall(route, inputOf(route, objects)),
    graphql: first.get(route.operation.id) === route ? graphqlCall(route.operation, inputOf(route, objects)) : null,
  }));
}

function inputOf({ operation, url }: Route, objects: ProjectObjects): Record<string, unknown> {
  const more = needed[operation.id]?.(objects) ?? {};
  const named = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const value = objects[name];
    if (value === undefined) throw new Error(`${operation.id}: project-objects.ts makes no object for ":${name}".`);
    return [name, value];
  });
  const required = 'required' in operation.input ? (operation.input.required as string[]) : [];
  const plain = required.map((name) => [name, objects[name] ?? sampleOf(operation.input.properties[name])]);
  const input = { ...Object.fromEntries(plain), ...Object.fromEntries(named), ...more };
  try {
    const checked: AnyOperation = operation;
    checked.check(input);
  } catch (cause) {
    throw new Error(`${operation.id}: say in operation-calls.ts what it needs.`, { cause });
  }
  return input;
}

/** A value that a plain field takes: a word, a number, or a short text. */
function sampleOf(schema: unknown): unknown {
  const { enum: words, type, minimum = 1 } = Object(schema) as { enum?: unknown[]; type?: string; minimum?: number };
  if (words !== undefined) return words[0];
  if (type === 'integer' || type === 'number') return minimum;
  return type === 'boolean' ? false : 'sample';
}

function restCall({ method, url }: Route, input: Record<string, unknown>): OperationCall['rest'] {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const rest = Object.entries(input).filter(([name]) => !inPath.includes(name));
  if (method !== 'GET' && method !== 'DELETE') return { method, url: path, payload: Object.fromEntries(rest) };
  const query = new URLSearchParams(rest.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return { method, url: query === '' ? path : `${path}?${query}` };
}

function graphqlCall({ id }: AnyOperation, input: Record<string, unknown>): OperationCall['graphql'] {
  for (const part of Object.values(graphqlParts))
    for (const kind of ['Query', 'Mutation'] as const) {
      const [name] = Object.entries(part[kind] ?? {}).find(([, field]) => field.operation.id === id) ?? [];
      if (name !== undefined) return fieldCall(kind, name, input);
    }
  return null;
}

function fieldCall(kind: 'Query' | 'Mutation', name: string, input: Record<string, unknown>): OperationCall['graphql'] {
  const type = schema.getType(kind) as GraphQLObjectType;
  const field = type.getFields()[name];
  if (field === undefined) throw new Error(`There is no field ${name}.`);
  const variables = kind === 'Mutation' ? { input } : input;
  const given = field.args.filter((argument) => argument.name in variables);
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const inner = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
  const head = `${kind === 'Query' ? 'query' : 'mutation'}${declared === '' ? '' : ` (${declared})`}`;
  return {
    query: `${head} { ${name}${passed === '' ? '' : `(${passed})`} ${inner} }`,
    variables: given.length === 0 ? {} : variables,
  };
}
