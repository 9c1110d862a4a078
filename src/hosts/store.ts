import type { Prisma, Reader } from '../database/client.ts';
import type { EngineInfo } from '../engine/engine-objects.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { Host, HostState } from './model.ts';

type Row = Prisma.HostGetPayload<object>;

/** Hosts by name. */
export async function listHosts(db: Reader, limit: number, cursor?: string): Promise<Page<Host>> {
  const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  const where = after === undefined ? {} : { name: { gt: after } };
  const rows = await db.host.findMany({ where, orderBy: { name: 'asc' }, take: limit + 1 });
  return toPage(rows, limit, ({ name }) => [name], toHost);
}

export async function findHost(db: Reader, name: string): Promise<Host | null> {
  const row = await db.host.findUnique({ where: { name } });
  return row === null ? null : toHost(row);
}

export async function hostsByName(db: Reader, names: readonly string[]): Promise<Host[]> {
  const rows = await db.host.findMany({ where: { name: { in: [...names] } } });
  return rows.map(toHost);
}

/** Makes a host known, or gives a known one another endpoint. */
export async function saveHost(db: Reader, name: string, endpoint: string): Promise<void> {
  await db.host.upsert({ where: { name }, create: { name, endpoint }, update: { endpoint } });
}

export async function noteConnected(
  db: Reader,
  name: string,
  { id, version, apiVersion, storageDriver, ...details }: EngineInfo,
): Promise<void> {
  const engine = {
    engineId: id,
    engineVersion: version,
    apiVersion,
    storageDriver,
    details: { ...details, volumeDrivers: [...details.volumeDrivers] },
  };
  await db.host.updateMany({ where: { name }, data: { state: 'connected', error: null, ...engine } });
}

export async function noteUnreachable(db: Reader, name: string, error: string): Promise<void> {
  await db.host.updateMany({ where: { name }, data: { state: 'unreachable', error } });
}

export async function noteSynced(db: Reader, name: string, syncedAt: Date): Promise<void> {
  await db.host.updateMany({ where: { name }, data: { syncedAt } });
}

function toHost({ name, endpoint, state, engineVersion, apiVersion, storageDriver, error, syncedAt }: Row): Host {
  const isKnown = engineVersion !== null && apiVersion !== null && storageDriver !== null;
  const ageSeconds = syncedAt === null ? null : Math.max(0, (Date.now() - syncedAt.getTime()) / 1000);
  return {
    name,
    endpoint,
    // Written by this store only.
    state: state as HostState,
    engine: isKnown ? { version: engineVersion, apiVersion, storageDriver } : null,
    error,
    inventory: { syncedAt: syncedAt?.toISOString() ?? null, ageSeconds },
  };
}
