import t from 'tap';
import { databaseOf } from '../../../src/findings/database-images.ts';
import type { ContainerFacts, TmpfsFacts } from '../../../src/findings/facts.ts';
import { bind, tmpfs, volumeMount } from './facts.ts';
import { ofContainer, ofMount } from './verdicts.ts';

const whole: TmpfsFacts = { sizeBytes: 1024, noexec: true, nosuid: true, nodev: true };
const sized = (sizeBytes: number | null, target = '/tmp') => ({ ...tmpfs, target, tmpfs: { ...whole, sizeBytes } });

t.test('MNT-009 and MNT-010: size and flags of a tmpfs', async (t) => {
  t.same(ofMount(tmpfs), []);
  t.same(ofMount(sized(null)), ['MNT-009 medium']);
  for (const flag of ['noexec', 'nosuid', 'nodev'])
    t.same(ofMount({ ...tmpfs, tmpfs: { ...whole, [flag]: false } }), ['MNT-010 low'], flag);
  t.same(ofMount({ ...tmpfs, tmpfs: null }), [], 'not known');
});

t.test('MNT-011: the tmpfs together above the limit of memory', async (t) => {
  const mounts = [sized(600), sized(500, '/cache'), sized(null, '/odd')];
  const broken = (differing: Partial<ContainerFacts>) =>
    ofContainer({ mounts, ...differing }).includes('MNT-011 medium');
  t.ok(broken({ memoryLimitBytes: 1099 }));
  t.notOk(broken({ memoryLimitBytes: 1100 }));
  t.notOk(broken({ memoryLimitBytes: null }));
  t.notOk(broken({ memoryLimitBytes: 1, mounts: [sized(null)] }), 'no size is another fault');
});

t.test('MNT-012: an anonymous volume of a long-lived container', async (t) => {
  const anonymous = { ...volumeMount, volume: 'ab'.repeat(32) };
  const fault = ['MNT-012 medium'];
  const [young, old] = [new Date('2026-11-25T11:00:00Z'), new Date('2026-11-20T00:00:00Z')];
  const table: [string, Partial<ContainerFacts>, string[]][] = [
    ['young, not restarted', { createdAt: young }, []],
    ['young, restarted', { createdAt: young, restartPolicy: 'always' }, fault],
    ['in a loop of restarts', { state: 'restarting', restartPolicy: 'on-failure' }, fault],
    ['older than a day', { createdAt: old }, fault],
    ['old, but it does not run', { createdAt: old, state: 'exited', restartPolicy: 'always' }, []],
    ['of an unknown age', {}, []],
    ['no policy told', { restartPolicy: '' }, []],
  ];
  for (const [name, container, expected] of table) t.same(ofMount(anonymous, container), expected, name);
  t.same(ofMount(volumeMount, { restartPolicy: 'always' }), [], 'a named one');
  t.same(ofMount({ ...volumeMount, volume: '' }, { restartPolicy: 'always' }), fault, 'proposed, without a name');
});

t.test('MNT-013 and MNT-014: the data of databases', async (t) => {
  const at = (target: string, differing = {}) => ({ ...volumeMount, target, ...differing });
  const fault = ['MNT-013 high'];
  const table: [string, string, ContainerFacts['mounts'], string[]][] = [
    ['no mount', 'postgres:17', [], fault],
    ['the data', 'postgres:17', [at('/var/lib/postgresql/data')], []],
    ['the folder above', 'postgres:18', [at('/var/lib/postgresql')], []],
    ['further above', 'mysql', [at('/var/lib')], []],
    ['its configuration alone', 'mysql', [at('/etc/mysql')], fault],
    ['its first steps alone', 'postgres', [at('/docker-entrypoint-initdb.d')], fault],
    ['its socket alone', 'postgres', [at('/var/run/postgresql')], fault],
    ['moved by a setting', 'postgres', [at('/pgdata')], []],
    ['on a tmpfs, knowingly', 'redis:8', [{ ...tmpfs, target: '/data' }], []],
    ['no database', 'nginx', [], []],
    ['on a bind', 'postgres', [{ ...bind, target: '/var/lib/postgresql/data' }], ['MNT-014 medium']],
    ['configuration on a bind', 'redis', [at('/data'), { ...bind, target: '/usr/local/etc/redis' }], []],
  ];
  for (const [name, image, mounts, expected] of table) t.same(ofContainer({ image, mounts }), expected, name);
});

t.test('a database is told by the name of its image', async (t) => {
  for (const image of [
    'postgres',
    'postgres:17-alpine',
    'registry:5000/shop/mariadb@sha256:ab',
    'bitnami/mongodb:8',
    'valkey/valkey',
    'timescale/timescaledb-ha:pg17',
    'shop-mysql:1',
  ])
    t.ok(databaseOf(image), image);
  for (const image of [
    'postgres/app:1',
    'postgres-exporter:1',
    'mongo-express',
    'rediscommander/redis-commander',
    'sha256:abcdef',
    'app:postgres',
    '',
  ])
    t.equal(databaseOf(image), null, image);
});

t.test('CNT-001: data that grows in the writable layer', async (t) => {
  const mebibyte = 2 ** 20;
  const check = (bytes: number, growthBytesPerDay: number | null, image = 'app') =>
    ofContainer({ image, writable: { bytes, growthBytesPerDay }, mounts: [{ ...volumeMount, target: '/data' }] });
  t.same(check(100 * mebibyte, null), []);
  t.same(check(100 * mebibyte + 1, null), ['CNT-001 low']);
  t.same(check(mebibyte, 50 * mebibyte), []);
  t.same(check(mebibyte, 50 * mebibyte + 1), ['CNT-001 low']);
  t.same(check(200 * mebibyte, 0, 'redis'), ['CNT-001 high']);
  t.same(ofContainer({ writable: null }), [], 'not measured');
});
