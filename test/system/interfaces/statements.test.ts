import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { ensureAdminKey } from '../../../src/access/admin-key.ts';
import { buildApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import type { Database } from '../../../src/database/client.ts';
import { openPorts } from '../../../src/ports.ts';
import { createDatabase } from '../../machinery/database.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

const query = `query ($limit: Int) { volumes(limit: $limit) { items {
  name growth { since } onHost { name state usage { measuredAt } findings { rule } } findings { rule } mounts { target findings { rule } mountedBy { name findings { rule } } } newestSnapshots { id repository { name } } newestJobs { kind attempts { number } }
} nextCursor } }`;

/** Volumes, each with a container that mounts it, findings about volume and mount, a snapshot and a job. */
async function fill(db: Database, count: number): Promise<void> {
  const host = { hostName: 'local' };
  const names = Array.from({ length: count }, (_, index) => `volume-${String(index).padStart(4, '0')}`);
  await db.host.create({ data: { name: 'local', endpoint: 'unix:///nowhere' } });
  const repository = await db.repository.create({
    data: { name: 'r', kind: 'path', location: {}, secret: new Uint8Array() },
  });
  const ids = new Map(names.map((name) => [name, randomUUID()]));
  const plain = { kind: 'named', driver: 'local', scope: 'local', mountpoint: '/x', options: {}, labels: {} };
  await db.volume.createMany({ data: names.map((name) => ({ ...host, ...plain, id: ids.get(name) ?? '', name })) });
  const container = { image: 'x', imageId: 'x', state: 'running', status: 'Up', labels: {} };
  await db.container.createMany({
    data: names.map((name) => ({ ...host, ...container, id: name, name: `${name}-user` })),
  });
  const mount = { type: 'volume', source: '/x', target: '/data', mode: '', readOnly: false, propagation: '' };
  await db.mount.createMany({
    data: names.map((name) => ({
      ...host,
      ...mount,
      containerId: name,
      volumeName: name,
      volumeId: ids.get(name) ?? '',
    })),
  });
  const found = { ...host, severity: 'low', detail: 'x', evidence: {} };
  await db.finding.createMany({
    data: [
      { ...found, rule: 'HST-004', subject: 'host', activeKey: 'host' },
      ...names.flatMap((name) => [
        { ...found, rule: 'VOL-005', subject: `volume/${name}`, volumeName: name, activeKey: name },
        {
          ...found,
          rule: 'MNT-001',
          subject: `mount/${name}/data`,
          volumeName: name,
          containerId: name,
          target: '/data',
          activeKey: `${name}/data`,
        },
      ]),
    ],
  });
  const taken = {
    repositoryId: repository.id,
    path: '/x',
    reason: 'backup',
    state: 'good',
    files: 1,
    bytes: 1,
    bytesAdded: 1,
    takenAt: new Date(),
  };
  await db.snapshot.createMany({
    data: names.map((name, index) => ({ ...host, ...taken, id: String(index).padStart(64, '0'), volumeName: name })),
  });
  await db.job.createMany({
    data: names.map((name) => ({
      ...host,
      kind: 'volume_backup',
      state: 'succeeded',
      volumeName: name,
      input: {},
      requestedBy: 'system',
    })),
  });
}

t.test('a GraphQL query takes the same number of SQL statements for 5 volumes as for 50', async (t) => {
  const { folder, dockerHost } = groundOfTests();
  const database = await createDatabase();
  t.teardown(() => database.drop());
  const state = await mkdtemp(join(folder, 'state-'));
  const config = readConfig({ STOWAGE_STATE: state, STOWAGE_LOG_LEVEL: 'silent' });
  const hosts = [{ name: 'local', endpoint: dockerHost }];
  const ports = await openPorts({
    config,
    databaseUrl: database.url,
    hosts,
    masterKey: Buffer.alloc(32, 1),
  });
  t.teardown(() => ports.close());
  const app = await buildApp(ports);
  t.teardown(() => app.close());
  const { file } = await ensureAdminKey(ports);
  const authorization = `Bearer ${(await readFile(file, 'utf8')).trim()}`;
  await fill(ports.db, 50);

  let statements = 0;
  ports.db.$on('query', () => {
    statements += 1;
  });
  async function statementsFor(limit: number): Promise<number> {
    statements = 0;
    const response = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization },
      payload: { query, variables: { limit } },
    });
    const { data, errors } = response.json();
    t.equal(errors, undefined);
    t.equal(data.volumes.items.length, limit);
    t.match(data.volumes.items[limit - 1], {
      onHost: { name: 'local', findings: [{ rule: 'HST-004' }] },
      mounts: [
        {
          target: '/data',
          findings: [{ rule: 'MNT-001' }],
          mountedBy: { name: String, findings: [{ rule: 'MNT-001' }] },
        },
      ],
      findings: { length: 2 },
      newestSnapshots: [{ repository: { name: 'r' } }],
      newestJobs: [{ kind: 'volume_backup' }],
    });
    return statements;
  }
  await statementsFor(5);
  const few = await statementsFor(5);
  const many = await statementsFor(50);
  t.equal(many, few);
  t.ok(few > 3 && few < 30, `${few} statements`);
});
