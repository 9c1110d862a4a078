import { posix } from 'node:path';
import type { EngineContainer } from '../engine/engine-objects.ts';
import type { DatabaseEngine, SnapshotServer } from '../snapshots/model.ts';
import type { Recognised, Setup } from './recognise.ts';
import { settingsOf } from './start-settings.ts';

/** What a server tells about where its data is and who may read all of it. */
const told: Readonly<
  Record<DatabaseEngine, { readonly data: readonly string[]; readonly account: readonly string[] }>
> = {
  postgresql: {
    data: ['PGDATA', 'POSTGRESQL_DATA_DIR'],
    account: ['POSTGRES_USER', 'POSTGRESQL_USERNAME', 'POSTGRESQL_USER'],
  },
  mysql: { data: ['MYSQL_DATA_DIR'], account: [] },
  mariadb: { data: ['MARIADB_DATA_DIR'], account: [] },
  redis: { data: ['REDIS_DATA_DIR', 'VALKEY_DATA_DIR'], account: [] },
};

const isAccount = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}$/;

/** How a server could be started again on what a volume holds; null for one whose data is in no volume. */
export function serverNote(
  { engine, volume }: Recognised,
  container: Pick<EngineContainer, 'image' | 'imageId' | 'user' | 'mounts'>,
  setup: Setup | null,
): SnapshotServer | null {
  const { image, imageId, user, mounts } = container;
  const mount = volume === null ? undefined : mounts.find((one) => one.volume === volume && !one.readOnly);
  if (mount === undefined || !/^sha256:[0-9a-f]{64}$/.test(imageId)) return null;
  const environment = setup?.environment ?? {};
  const { data, account } = told[engine];
  const mountedAt = posix.normalize(mount.target).replace(/(.)\/$/, '$1');
  const named = data.map((name) => environment[name]).find((folder) => folder?.startsWith(`${mountedAt}/`) === true);
  const known = account.map((name) => environment[name]).find((name) => name !== undefined && isAccount.test(name));
  return {
    engine,
    image,
    imageId,
    mountedAt,
    subpath: mount.subpath,
    data: named === undefined ? mountedAt : posix.normalize(named),
    user,
    account: known ?? null,
    settings: settingsOf(engine, setup?.command ?? []),
  };
}
