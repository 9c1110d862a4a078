import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { actorOfChain, chainOfId } from '../src/access/key-chain.ts';
import { scopeOf } from '../src/access/roles.ts';
import { connectDatabase, type Database } from '../src/database/client.ts';
import { groundOfTests } from '../test/machinery/ground-environment.ts';
import { latenciesOf } from './latencies.ts';
import { startServer } from './server.ts';

type Print = (line: string) => void;

const projects = 1_000;
const shares = 1_000;
const rulesEach = 10;
const calls = 300;

/** What authorization costs a request: with one role binding and with a thousand, and with ten thousand access rules of shares. */
export async function benchAccess(print: Print): Promise<void> {
  const server = await startServer({ STOWAGE_MEASURE_SECONDS: '0' });
  const client = new Client({ connectionString: groundOfTests().databaseUrl });
  const db = connectDatabase(groundOfTests().databaseUrl);
  try {
    await client.connect();
    const few = await server.created('POST', '/v1/tokens', {
      name: 'few',
      roles: [{ role: 'viewer', project: 'project-0' }],
    });
    const many = await server.created('POST', '/v1/tokens', {
      name: 'many',
      roles: [{ role: 'viewer', project: 'project-0' }],
    });
    await bind(client, `key:${many.id}`);
    const asked = async (path: string, key: string | null) => {
      const headers = { authorization: key === null ? null : `Bearer ${key}` };
      return (await latenciesOf(() => server.call('GET', path, undefined, headers), calls)).median * 1000;
    };
    const without = await asked('/livez', null);
    for (const [name, { key, id }] of Object.entries({ 'one role binding': few, '1,000 role bindings': many })) {
      const request = await asked('/v1/session', key);
      const alone = await authorization(db, id);
      print(
        `${name}: authorization ${alone.toFixed(0)} µs by itself; a request ${request.toFixed(0)} µs, one without ${without.toFixed(0)} µs`,
      );
    }
    const before = await asked('/v1/shares?limit=50', few.key);
    await share(client);
    const after = await asked('/v1/shares?limit=50', few.key);
    print(
      `a page of shares: ${before.toFixed(0)} µs without access rules, ${after.toFixed(0)} µs with ${(shares * rulesEach).toLocaleString('en')}`,
    );
    print(
      `a request with them: ${(await asked('/v1/session', few.key)).toFixed(0)} µs, one without ${without.toFixed(0)} µs`,
    );
  } finally {
    await db.$disconnect();
    await client.end();
    await server.stop();
  }
}

/** From a key to where its subject may read, in microseconds. */
async function authorization(db: Database, id: string): Promise<number> {
  const once = async () => {
    const chain = await chainOfId(db, id);
    if (chain === null) throw new Error('The key is gone.');
    scopeOf(actorOfChain(chain), 'read');
  };
  return (await latenciesOf(once, calls)).median * 1000;
}

async function bind(client: Client, subject: string): Promise<void> {
  await client.query(
    `insert into role_bindings (id, subject, role, project, created_by)
     select gen_random_uuid(), $1, 'viewer', 'project-' || n, 'bench' from generate_series(1, $2) n`,
    [subject, projects - 1],
  );
}

async function share(client: Client): Promise<void> {
  const marker = randomUUID().slice(0, 8);
  await client.query(
    `insert into shares (id, name, host, volume, project, description, offered_to, offered_projects, created_by)
     select gen_random_uuid(), $1 || '-' || n, 'local', $1 || '-' || n, 'project-' || n, '', 'nobody', '{}', 'bench'
     from generate_series(1, $2) n`,
    [marker, shares],
  );
  await client.query(
    `insert into share_rules (id, share_id, subject_kind, subject_value, access, state, created_by)
     select gen_random_uuid(), s.id, 'service', 'service:other-' || n, 'ro', 'active', 'bench'
     from shares s, generate_series(1, $2) n where s.name like $1 || '-%'`,
    [marker, rulesEach],
  );
}
