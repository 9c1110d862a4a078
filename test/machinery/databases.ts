import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { Test } from 'tap';
import { makeImage } from './debian-image.ts';
import type { TestDocker } from './docker.ts';

export type DatabaseKind = 'postgres' | 'mariadb' | 'redis';

const account = (name: string, home: string) => `${name}:x:999:999::${home}:/bin/sh\n`;
const asUser = '/usr/bin/setpriv --reuid 999 --regid 999 --clear-groups';

/** Made as the official images are: data in a volume, the password in the environment, the server with a user of its own. */
const images = {
  postgres: {
    packages: ['postgresql-18', 'util-linux', 'coreutils', 'sed', 'grep'],
    passwd: account('postgres', '/var/lib/postgresql'),
    data: '/var/lib/postgresql/data',
    entrypoint: `set -e
export PGDATA=/var/lib/postgresql/data PATH=/usr/lib/postgresql/18/bin:$PATH
mkdir -p "$PGDATA" /run/postgresql
chown 999:999 "$PGDATA" /run/postgresql
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  chmod 644 /tmp/password
  ${asUser} initdb -U postgres --pwfile=/tmp/password -A scram-sha-256 --auth-local="\${LOCAL_AUTH:-trust}" --no-locale -E UTF8 > /tmp/initdb.log
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
exec ${asUser} postgres -c listen_addresses='*' -c unix_socket_directories=/run/postgresql,/var/run/postgresql -c fsync=off -c jit=off "$@"`,
  },
  mariadb: {
    packages: ['mariadb-server-core', 'mariadb-client', 'util-linux', 'coreutils', 'sed', 'grep', 'hostname', 'bash'],
    passwd: account('mysql', '/var/lib/mysql'),
    data: '/var/lib/mysql',
    entrypoint: `set -e
mkdir -p /var/lib/mysql /run/mariadbd
chown 999:999 /var/lib/mysql /run/mariadbd
if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --no-defaults --user=mysql --datadir=/var/lib/mysql --auth-root-authentication-method=normal --skip-test-db > /tmp/install.log 2>&1 || { cat /tmp/install.log; exit 1; }
  chown -R 999:999 /var/lib/mysql
  printf "ALTER USER 'root'@'localhost' IDENTIFIED BY '%s';\\n" "$(cat "$MARIADB_ROOT_PASSWORD_FILE")" > /tmp/init.sql
  chmod 644 /tmp/init.sql
  set -- --init-file=/tmp/init.sql "$@"
fi
exec ${asUser} mariadbd --no-defaults --datadir=/var/lib/mysql --socket=/run/mariadbd/mysqld.sock --bind-address=0.0.0.0 "$@"`,
  },
  redis: {
    packages: ['redis-server', 'redis-tools', 'util-linux', 'coreutils', 'sed', 'grep'],
    passwd: account('redis', '/data'),
    data: '/data',
    entrypoint: `cd /data
chown 999:999 /data
exec ${asUser} redis-server --dir /data --save 3600 1 "$@"`,
  },
} as const;

/** Makes the image of a database unless the engine has it; gives its name. Two test files may do so at once. */
export async function databaseImage(engine: Docker, kind: DatabaseKind): Promise<string> {
  const name = `stowage-test/${kind}:debian`;
  const isThere = await engine
    .getImage(name)
    .inspect()
    .catch(() => null);
  const { packages, passwd, entrypoint } = images[kind];
  if (isThere === null) await makeImage(engine, { name, packages, entrypoint, passwd });
  return name;
}

/** A database server of a test. */
export interface TestDatabase {
  readonly name: string;
  readonly container: Docker.Container;
  /** Runs a program in the container and gives its standard output; throws with all that it wrote unless it ends well. */
  exec(...command: string[]): Promise<string>;
}

export interface DatabaseWish {
  readonly volume: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Instead of the one that tells what it is. */
  readonly image?: string;
  readonly binds?: readonly string[];
}

/** Starts a database with its data in a volume; it may not answer yet. It goes with the test. */
export async function startDatabase(
  t: Test,
  docker: TestDocker,
  kind: DatabaseKind,
  { volume, environment = {}, arguments: args = [], labels = {}, image, binds = [] }: DatabaseWish,
): Promise<TestDatabase> {
  const name = docker.name(`${kind}-${volume}`);
  const container = await docker.engine.createContainer({
    name,
    Image: image ?? (await databaseImage(docker.engine, kind)),
    Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    Cmd: [...args],
    Labels: { ...labels },
    HostConfig: {
      NetworkMode: 'none',
      Binds: [...binds],
      Mounts: [{ Type: 'volume', Source: volume, Target: images[kind].data }],
    },
  });
  t.teardown(() => container.remove({ force: true, v: true }).catch(() => undefined));
  await container.start();
  return { name, container, exec: (...command) => execIn(container, command) };
}

/** Runs a program in a container and gives its standard output; throws with all that it wrote unless it ends well. */
export async function execIn(container: Docker.Container, command: readonly string[]): Promise<string> {
  const exec = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, stdout, stderr);
  stream.on('end', () => {
    stdout.end();
    stderr.end();
  });
  const [output, complaints] = await Promise.all([buffer(stdout), buffer(stderr)]);
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`${command.join(' ')} ended with ${ExitCode}: ${complaints}${output}`);
  return output.toString('utf8');
}
