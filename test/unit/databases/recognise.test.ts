import t from 'tap';
import { givenSettings } from '../../../src/databases/given-settings.ts';
import { recognise } from '../../../src/databases/recognise.ts';

const nothing = { environment: {}, command: [] };
const at = (target: string, more: object = {}) => [{ volume: 'v', target, readOnly: false, ...more }];
const told = (environment: Record<string, string>, command: string[] = []) => ({ environment, command });

t.test('the name of the image tells a database, and where its data is', async (t) => {
  for (const [image, target, engine] of [
    ['postgres:17', '/var/lib/postgresql/data', 'postgresql'],
    ['postgres:18', '/var/lib/postgresql', 'postgresql'],
    ['registry:5000/library/mariadb@sha256:0', '/var/lib/mysql', 'mariadb'],
    ['percona:8', '/var/lib/mysql/', 'mysql'],
    ['valkey/valkey', '/data', 'redis'],
  ] as const)
    t.match(recognise({ image, mounts: at(target) }, nothing), { engine, recognisedBy: 'image', volume: 'v' }, image);
  t.match(recognise({ image: 'postgres', mounts: at('/backup') }, nothing), { volume: null });
  t.match(recognise({ image: 'postgres', mounts: at('/pg') }, told({ PGDATA: '/pg/17' })), { volume: 'v' });
  t.match(recognise({ image: 'postgres', mounts: at('/var/lib/postgresql/data', { readOnly: true }) }, nothing), {
    volume: null,
  });
  t.equal(recognise({ image: 'prometheus/postgres-exporter', mounts: at('/data') }, nothing), null);
});

t.test('of other images the environment and the volume tell, not one alone', async (t) => {
  const image = 'shop/db:3';
  const mysql = at('/var/lib/mysql');
  t.match(recognise({ image, mounts: mysql }, told({ MARIADB_DATABASE: 'x' })), {
    engine: 'mariadb',
    recognisedBy: 'environment',
  });
  t.match(recognise({ image, mounts: mysql }, told({ MYSQL_ROOT_PASSWORD: 'x' })), { engine: 'mysql' });
  t.match(recognise({ image, mounts: mysql }, told({}, ['/usr/sbin/mariadbd'])), { engine: 'mariadb' });
  t.match(recognise({ image, mounts: at('/var/lib/postgresql/data') }, nothing), {
    engine: 'postgresql',
    recognisedBy: 'volume',
  });
  t.match(recognise({ image, mounts: at('/data') }, told({}, ['redis-server'])), { engine: 'redis' });
  t.equal(recognise({ image, mounts: at('/data') }, nothing), null, 'anything may be at /data');
  t.equal(
    recognise({ image, mounts: at('/uploads') }, told({ POSTGRES_PASSWORD: 'x' })),
    null,
    'an application has the password too',
  );
  t.equal(recognise({ image, mounts: at('/var/lib') }, told({ POSTGRES_PASSWORD: 'x' })), null);
  t.equal(recognise({ image, mounts: mysql }, null), null);
});

t.test('what a Redis was started with, as words or as a line for a shell', async (t) => {
  const given = (...command: string[]) => givenSettings('redis', { environment: {}, command });
  t.strictSame(given('redis-server', '--requirepass', 'two words', '--port', '7000'), {
    GIVEN_PASSWORD: 'two words',
    GIVEN_PORT: '7000',
  });
  t.strictSame(given('sh', '-c', 'redis-server --requirepass "x" /etc/redis.conf'), {
    GIVEN_PASSWORD: 'x',
    GIVEN_CONFIGURATION: '/etc/redis.conf',
  });
  t.strictSame(given('sh', '-c', 'redis-server --requirepass $PASSWORD'), {}, 'its environment tells it');
  t.strictSame(givenSettings('mysql', { environment: {}, command: ['--port', '1'] }), {});
});
