import t from 'tap';
import { planTrial } from '../../../src/drills/plan-trial.ts';
import type { SnapshotServer } from '../../../src/snapshots/model.ts';

const imageId = `sha256:${'a'.repeat(64)}`;
const ground = { images: new Set([imageId]), memoryBytes: 8 * 1024 ** 3 };
const server: SnapshotServer = {
  engine: 'postgresql',
  image: 'postgres:17',
  imageId,
  mountedAt: '/var/lib/postgresql',
  subpath: null,
  data: '/var/lib/postgresql/17/data',
  user: '',
  account: 'shop',
  settings: [],
};
const files = { server, dump: null, bytes: 1000 };

t.test('files are tried where the server had them', async (t) => {
  t.match(planTrial(files, ground), {
    trial: {
      engine: 'postgresql',
      imageId,
      mountedAt: '/var/lib/postgresql',
      data: server.data,
      account: 'shop',
      dump: null,
    },
  });
  t.match(planTrial({ ...files, server: { ...server, subpath: 'pg' } }, ground), { trial: { subpath: 'pg' } });
});

t.test('a dump is tried apart from where the image has anything', async (t) => {
  const plan = planTrial({ ...files, dump: { engine: 'postgresql', database: 'shop' } }, ground);
  t.match(plan, {
    trial: { mountedAt: '/stowage-drill', subpath: null, dump: { file: 'shop.dump', database: 'shop' } },
  });
  const mysql = { ...server, engine: 'mysql' as const };
  t.match(planTrial({ ...files, server: mysql, dump: { engine: 'mariadb', database: null } }, ground), {
    trial: { engine: 'mysql', dump: { file: 'all.sql', database: null } },
  });
});

t.test('what is of no database has nothing to be tried, and no reason for that', async (t) => {
  t.same(planTrial({ server: null, dump: null, bytes: 1 }, ground), { untriedWhy: null });
});

t.test('it is told why a database is not tried', async (t) => {
  const dump = { engine: 'postgresql', database: null } as const;
  t.match(planTrial({ server: null, dump, bytes: 1 }, ground), { untriedWhy: /of which image/ });
  t.match(planTrial(files, { ...ground, images: new Set() }), { untriedWhy: /postgres:17 .* is not on the host/ });
  t.match(planTrial({ ...files, dump: { engine: 'redis', database: null } }, ground), { untriedWhy: /dump of redis/ });
  t.match(planTrial({ ...files, dump: { ...dump, database: 'x"; drop' } }, ground), { untriedWhy: /no name/ });
  const redis = { ...files, server: { ...server, engine: 'redis' as const }, bytes: 2 * 1024 ** 3 };
  t.match(planTrial(redis, ground), { untriedWhy: /memory/ });
});

t.test('Redis gets the memory that its file asks for, others what a try needs', async (t) => {
  const redis = { ...server, engine: 'redis' as const };
  t.match(planTrial({ ...files, server: redis, bytes: 500_000_000 }, ground), {
    trial: { memoryBytes: 4_000_000_000 },
  });
  t.match(planTrial({ ...files, bytes: 10 ** 12 }, ground), { trial: { memoryBytes: 1024 ** 3 } });
});
