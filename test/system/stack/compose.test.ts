import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { makeImage } from '../../machinery/debian-image.ts';
import { testDocker } from '../../machinery/docker.ts';
import { compose } from '../../machinery/docker-tools.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const secrets = { STOWAGE_DATABASE_PASSWORD: 'database-secret-1', STOWAGE_REPOSITORY_PASSWORD: 'repository-secret-2' };

t.test('the compose tool takes the production stack, and asks for its passwords', async (t) => {
  const config = await compose(['config'], secrets);
  t.match(config, /stowage_repository/);
  await t.rejects(compose(['config'], { STOWAGE_DATABASE_PASSWORD: 'x' }), /set a password for the repository server/);
});

const postgresEntrypoint = `set -e
data=/var/lib/postgresql/18/docker; bin=/usr/lib/postgresql/18/bin
mkdir -p $data /run/postgresql; chown -R postgres /var/lib/postgresql /run/postgresql; chmod 700 $data
if [ ! -s $data/PG_VERSION ]; then
  echo "$POSTGRES_PASSWORD" > /run/password
  chown postgres /run/password
  /usr/bin/setpriv --reuid 999 --regid 999 --clear-groups $bin/initdb -D $data -U "$POSTGRES_USER" --pwfile=/run/password -A scram-sha-256 --auth-local=trust --locale=C --encoding=UTF8 >&2
  echo 'host all all all scram-sha-256' >> $data/pg_hba.conf
  echo "create database $POSTGRES_DB;" | /usr/bin/setpriv --reuid 999 --regid 999 --clear-groups $bin/postgres --single -D $data template1 || true
fi
exec /usr/bin/setpriv --reuid 999 --regid 999 --clear-groups $bin/postgres -D $data -c listen_addresses='*'
`;

/** The images of the stack that are not to be had without a registry, as near to the originals as the stack needs them. */
async function makeImages(docker: ReturnType<typeof testDocker>): Promise<void> {
  const passwd = 'postgres:x:999:999::/var/lib/postgresql:/bin/sh\n';
  const postgres = { '/usr/bin/pg_isready': 'exec /usr/lib/postgresql/18/bin/pg_isready "$@"\n' };
  await makeImage(docker.engine, {
    name: 'postgres:18',
    packages: ['postgresql-18', 'util-linux'],
    entrypoint: postgresEntrypoint,
    scripts: postgres,
    passwd,
  });
  const repository = { '/usr/bin/rest-server': 'exec /usr/bin/restic-rest-server "$@"\n' };
  await makeImage(docker.engine, {
    name: 'restic/rest-server:0.14.0',
    packages: ['restic-rest-server', 'apache2-utils'],
    entrypoint: 'exec "$@"\n',
    scripts: repository,
  });
  // The checkout and its Node are mounted into it: the real image holds them, and takes minutes to make.
  await makeImage(docker.engine, {
    name: 'stowage:latest',
    packages: ['libstdc++6'],
    entrypoint: 'cd /app; exec node_modules/.bin/node src/main.ts "$@"\n',
  });
}

/** What differs from production: the checkout is mounted, the engine's socket is elsewhere, and no port is published. */
function overrideFor(socket: string, helperArchive: string): string {
  return `services:
  stowage:
    environment:
      STOWAGE_LISTEN: 0.0.0.0
      STOWAGE_STATE: /var/lib/stowage
      STOWAGE_HELPER_ARCHIVE: /helper.tar
    ports: !reset []
    volumes:
      - ${checkout}:/app:ro
      - ${helperArchive}:/helper.tar:ro
      - ${socket}:/var/run/docker.sock
`;
}

t.test('the production stack backs up into its repository server, and restores from it', async (t) => {
  const docker = testDocker(t);
  const { folder, helperDirectory, helperImage, dockerHost } = groundOfTests();
  await makeImages(docker);
  const override = join(folder, 'override.yml');
  const helperArchive = join(helperDirectory, `${helperImage.replace('stowage-helper:', 'helper-')}.tar`);
  await writeFile(override, overrideFor(new URL(dockerHost).pathname, helperArchive));
  const project = ['-f', join(checkout, 'docker-compose.yml'), '-f', override];
  t.teardown(() => compose([...project, 'down', '--volumes', '--timeout', '20'], secrets));
  const logs = () => compose([...project, 'logs', '--no-color'], secrets);
  await compose([...project, 'up', '--detach', '--no-build', '--pull', 'never'], secrets).catch(
    async (cause: unknown) => {
      throw new Error(await logs(), { cause });
    },
  );

  const inspected = await docker.engine.getContainer('stowage-stowage-1').inspect();
  const address = `http://${inspected.NetworkSettings.Networks['stowage_repository']?.IPAddress}:8080`;
  await docker.until(async () => (await fetch(`${address}/readyz`).catch(() => null))?.status === 200, 60);
  const client = connectClient(address, (await docker.run('stowage_state', 'cat /data/admin.key')).trim());
  const source = docker.name('stack');
  const target = docker.name('stack-copy');
  await client.created('POST', '/v1/hosts/local/volumes', { name: source });
  await docker.run(source, 'head -c 5000000 /dev/urandom > /data/file; sha256sum /data/file > /data/sum');

  const backup = await client.finished('POST', `/v1/hosts/local/volumes/${source}/backups`, {});
  t.equal(backup.state, 'succeeded', backup.error?.detail);
  const restore = await client.finished('POST', `/v1/hosts/local/volumes/${source}/restores`, {
    snapshot: backup.result.snapshot,
    into: target,
  });
  t.equal(restore.state, 'succeeded', restore.error?.detail);
  t.match(await docker.run(target, 'sha256sum -c /data/sum'), /OK/);
  t.match(await docker.run('stowage_repository', 'ls /data/stowage'), /snapshots/, 'the repository server has it');
});
