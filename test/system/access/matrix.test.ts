import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { apiKeyOf, hashOf } from '../../../src/access/api-key.ts';
import { authenticate } from '../../../src/access/identity.ts';
import { type Role, roleNames } from '../../../src/access/roles.ts';
import { readConfig } from '../../../src/config.ts';
import { fail } from '../../../src/errors.ts';
import type { AnyOperation } from '../../../src/operation.ts';
import { openPorts } from '../../../src/ports.ts';
import { buildServer } from '../../../src/server/build-server.ts';
import type { RootField } from '../../../src/server/graphql-binding.ts';
import { graphqlParts, routes } from '../../../src/server/interfaces.ts';
import { createDatabase } from '../../machinery/database.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { callsAbout, type OperationCall } from './operation-calls.ts';
import { absentObjects, fillCommon, fillProject, type ProjectObjects } from './project-objects.ts';

/** What every operation answers instead of doing its work: all that stands before the work is real. */
const letIn = 'not_measured';

function withoutWork<O extends AnyOperation>(operation: O): O {
  return Object.freeze({
    ...operation,
    recall: undefined,
    run: async () => {
      throw fail(letIn, 'let in');
    },
  });
}

function fieldsWithoutWork(fields: Readonly<Record<string, RootField>> = {}): Record<string, RootField> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, { ...field, operation: withoutWork(field.operation) }]),
  );
}

/** The whole server, whose operations do nothing, on a database of its own. */
async function openServer(t: Test) {
  const { folder, dockerHost } = groundOfTests();
  const database = await createDatabase();
  t.teardown(() => database.drop());
  const state = await mkdtemp(join(folder, 'state-'));
  t.teardown(() => rm(state, { recursive: true, force: true }));
  const config = readConfig({ STOWAGE_STATE: state, STOWAGE_LOG_LEVEL: 'silent' });
  const hosts = [{ name: 'local', endpoint: dockerHost }];
  const ports = await openPorts({ config, databaseUrl: database.url, hosts, masterKey: Buffer.alloc(32, 1) });
  t.teardown(() => ports.close());
  const app = await buildServer(ports, {
    routes: routes.map((route) => ({ ...route, operation: withoutWork(route.operation) })),
    graphqlParts: Object.fromEntries(
      Object.entries(graphqlParts).map(([name, part]) => [
        name,
        { ...part, Query: fieldsWithoutWork(part.Query), Mutation: fieldsWithoutWork(part.Mutation) },
      ]),
    ),
    authenticate,
    otherMetrics: async () => [],
  });
  t.teardown(() => app.close());
  return { app, ports };
}

type Server = Awaited<ReturnType<typeof openServer>>;

interface Caller {
  readonly authorization: string;
  readonly role: Role | null;
  readonly project: string | null;
}

/** Somebody with one role, on everything or on a project; with none when `role` is null. */
async function caller({ ports: { db, vault } }: Server, role: Role | null, project: string | null): Promise<Caller> {
  const id = crypto.randomUUID();
  const key = apiKeyOf(vault, id);
  const subject = `key:${id}`;
  // Used just now, so that the use is not noted: that would be a statement more in the first call alone.
  const used = { lastUsedAt: new Date(Date.now() + 3_600_000) };
  const made = { id, subject, name: 'x', prefix: 'x', createdBy: 'system', ...used };
  await db.apiKey.create({ data: { ...made, secrets: { create: { hash: hashOf(key) } } } });
  if (role !== null) await db.roleBinding.create({ data: { subject, role, project, createdBy: 'system' } });
  return { authorization: `Bearer ${key}`, role, project };
}

interface Told {
  readonly code: string;
  /** All that a caller sees, without what differs from call to call. */
  readonly seen: string;
}

async function overRest(app: FastifyInstance, { authorization }: Caller, { rest }: OperationCall): Promise<Told> {
  const response = await app.inject({ ...rest, headers: { authorization } });
  const { 'x-request-id': requestId, date: _, ...headers } = response.headers;
  return {
    code: response.json().code,
    seen: JSON.stringify([response.statusCode, headers, response.body]).replaceAll(String(requestId), 'R'),
  };
}

async function overGraphql(app: FastifyInstance, { authorization }: Caller, call: OperationCall): Promise<Told | null> {
  if (call.graphql === null) return null;
  const response = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization },
    payload: call.graphql,
  });
  const { 'x-request-id': requestId, date: _, ...headers } = response.headers;
  const code = response.json().errors?.[0]?.extensions.code;
  return {
    code,
    seen: JSON.stringify([response.statusCode, headers, response.body]).replaceAll(String(requestId), 'R'),
  };
}

/** The columns `roles` and `on` of docs/access.md, by operation. */
async function readMatrix(): Promise<Map<string, { roles: string; on: string }>> {
  const text = await readFile(new URL('../../../docs/access.md', import.meta.url), 'utf8');
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    rows
      .filter((cells) => cells.length === 7)
      .map(([, id = '', , , roles = '', on = '']) => [id.replaceAll('`', ''), { roles, on }]),
  );
}

/** What the matrix says of a call about an object of the project "mine" or "other". */
function expected(
  { operation }: OperationCall,
  { role, project }: Caller,
  matrix: Map<string, { roles: string; on: string }>,
  objectOf: string,
  absentCode: string,
): string {
  const row = matrix.get(operation.id);
  if (row === undefined) throw new Error(`docs/access.md has no row for ${operation.id}.`);
  if (row.on === 'nothing') return letIn;
  if (role === null || !row.roles.split(', ').includes(role)) return 'forbidden';
  if (project === null || row.on.startsWith('any project')) return letIn;
  if (row.on === 'everything') return 'forbidden';
  return objectOf === project ? letIn : absentCode;
}

t.test('every operation, for every role on everything and on a project, in both interfaces', async (t) => {
  const server = await openServer(t);
  const { app, ports } = server;
  await fillCommon(ports.db);
  const [mine, other] = [await fillProject(ports.db, 'mine'), await fillProject(ports.db, 'other')];
  const absent = absentObjects('other');
  const matrix = await readMatrix();
  const callers = [await caller(server, null, null)];
  for (const role of roleNames) callers.push(await caller(server, role, null), await caller(server, role, 'mine'));
  const calls = { mine: callsAbout(mine), other: callsAbout(other), absent: callsAbout(absent) };
  t.ok(calls.mine.length > 90, `${calls.mine.length} operations`);

  let statements = 0;
  ports.db.$on('query', () => {
    statements += 1;
  });
  const counted = async (call: () => Promise<Told | null>) => {
    statements = 0;
    const told = await call();
    return { told, statements };
  };
  /** Without the identifiers of an object, which the caller has sent and gets back. */
  const unnamed = (told: Told | null, objects: ProjectObjects) =>
    Object.values(objects)
      .filter((value) => value.length > 5)
      .sort((one, two) => two.length - one.length)
      .reduce((text, value) => text.replaceAll(value, '·').replaceAll(encodeURIComponent(value), '·'), told?.seen ?? '')
      .replace(/"content-length":"?\d+"?/, '');

  for (const [number, call] of calls.mine.entries()) {
    const [theirs, nothing] = [calls.other[number], calls.absent[number]];
    if (theirs === undefined || nothing === undefined) throw new Error('not the same operations');
    const { operation } = call;
    const absentCode =
      typeof operation.reach === 'string' || call.namesProject
        ? 'forbidden'
        : operation.reach.absent(nothing.input).code;
    const wrong: string[] = [];
    for (const who of callers) {
      const name = `${who.role ?? 'no role'} on ${who.project ?? 'everything'}`;
      for (const [objectOf, about] of [
        ['mine', call],
        ['other', theirs],
      ] as const) {
        const wanted = expected(about, who, matrix, objectOf, absentCode);
        for (const over of [overRest, overGraphql]) {
          const { told, statements: some } = await counted(() => over(app, who, about));
          if (told === null) continue;
          if (told.code !== wanted)
            wrong.push(`${over.name}: ${name}, object of ${objectOf}: ${told.code}, not ${wanted}`);
          if (wanted !== absentCode || wanted === 'forbidden') continue;
          const { told: toldAbsent, statements: others } = await counted(() => over(app, who, nothing));
          if (unnamed(told, other) !== unnamed(toldAbsent, absent))
            wrong.push(
              `${over.name}: ${name}: hidden: ${unnamed(told, other)}, absent: ${unnamed(toldAbsent, absent)}`,
            );
          if (some !== others)
            wrong.push(`${over.name}: ${name}: ${some} statements for what is hidden, ${others} for what is absent`);
        }
      }
    }
    t.same(wrong, [], operation.id);
  }

  await t.test('nobody gets in without a credential', async (t) => {
    for (const { operation, rest, graphql } of calls.mine) {
      const response = await app.inject(rest);
      t.match([response.statusCode, response.json().code], [401, 'unauthenticated'], operation.id);
      if (graphql === null) continue;
      const { errors } = (await app.inject({ method: 'POST', url: '/graphql', payload: graphql })).json();
      t.equal(errors[0].extensions.code, 'unauthenticated', operation.id);
    }
  });
});
