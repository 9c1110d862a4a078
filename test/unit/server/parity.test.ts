import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { AnyOperation } from '../../../src/operation.ts';
import { graphqlParts, routes } from '../../../src/server/interfaces.ts';

const sources = new URL('../../../src/', import.meta.url);
const operations = await operationsOfDomains();

const inRest = new Map(routes.map((route) => [route.operation.id, route]));
const parts = Object.values(graphqlParts);
const edges = parts.flatMap((part) => Object.values(part.edges ?? {}).flatMap((fields) => Object.values(fields)));
const rootFields = parts.flatMap((part) => Object.values({ ...part.Query, ...part.Mutation }));
const inGraphql = new Set([...rootFields, ...edges].map(({ operation }) => operation.id));

t.test('every operation has one id', (t) => {
  const ids = operations.map(({ id }) => id);
  t.same(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  );
  t.same(
    ids.filter((id) => !/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/.test(id)),
    [],
    '<domain>.<verb>',
  );
  t.end();
});

t.test('every operation is bound in REST and in GraphQL', (t) => {
  const isFile = ({ id }: AnyOperation) => inRest.get(id)?.answer.kind === 'file';
  for (const operation of operations) {
    const { id, internal } = operation;
    t.equal(
      inRest.has(id),
      !internal,
      internal ? `${id} is a batch of GraphQL, without an address` : `${id} has an address`,
    );
    if (isFile(operation)) t.notOk(inGraphql.has(id), `${id} is a file, which GraphQL does not carry`);
    else t.ok(inGraphql.has(id), `${id} is in the GraphQL schema`);
  }
  t.end();
});

t.test('nothing is bound that is not an operation of a domain', (t) => {
  const known = new Set(operations.map(({ id }) => id));
  t.same(
    [...inRest.keys(), ...inGraphql].filter((id) => !known.has(id)),
    [],
  );
  t.end();
});

t.test('addresses are bound once', (t) => {
  const addresses = routes.map(({ method, url }) => `${method} ${url}`);
  t.same(
    addresses.filter((address, index) => addresses.indexOf(address) !== index),
    [],
  );
  t.end();
});

/** Everything that a domain's operations.ts, or a file of one kind of its operations, exports and that is an operation, whether it is bound or not. */
async function operationsOfDomains(): Promise<AnyOperation[]> {
  const files = await Array.fromAsync(glob('*/{operations,*-operations}.ts', { cwd: fileURLToPath(sources) }));
  const modules: object[] = await Promise.all(files.map((file) => import(new URL(file, sources).href)));
  return modules.flatMap((module) => Object.values(module)).filter(isOperation);
}

function isOperation(value: unknown): value is AnyOperation {
  return typeof value === 'object' && value !== null && 'run' in value && 'reach' in value;
}
