import type { Database, Prisma, Reader } from '../database/client.ts';
import type { EngineInfo } from '../engine/engine-objects.ts';
import { recordEvent } from '../events/read.ts';
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

/** Writes down that the engine answers, and what it says of itself; an event when it was away. */
export async function noteConnected(
  db: Database,
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
  const data = { state: 'connected', error: null, ...engine };
  await db.$transaction(async (transaction) => {
    const { count } = await transaction.host.updateMany({ where: { name, state: 'unreachable' }, data });
    if (count === 0) await transaction.host.updateMany({ where: { name }, data });
    else
      await recordEvent(transaction, { ...about(name), type: 'stowage.host.back', data: { engineVersion: version } });
  });
}

/** Writes down that the engine is away; an event when it was not before. */
export async function noteUnreachable(db: Database, name: string, error: string): Promise<void> {
  const data = { state: 'unreachable', error };
  await db.$transaction(async (transaction) => {
    const { count } = await transaction.host.updateMany({ where: { name, state: { not: 'unreachable' } }, data });
    if (count === 0) await transaction.host.updateMany({ where: { name }, data });
    else await recordEvent(transaction, { ...about(name), type: 'stowage.host.away', data: { error } });
  });
}

function about(host: string) {
  return { subject: `hosts/${host}`, project: null, host };
}

/** Writes down which drivers the engine has now; whether they were others before. */
export async function noteVolumeDrivers(db: Reader, name: string, drivers: readonly string[]): Promise<boolean> {
  const now = JSON.stringify(drivers);
  const count = await db.$executeRaw`
    update hosts set details = jsonb_set(details, '{volumeDrivers}', ${now}::jsonb)
    where name = ${name} and details is not null and details->'volumeDrivers' is distinct from ${now}::jsonb`;
  return count > 0;
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
