import { Compile } from 'typebox/compile';
import type { Reader } from '../database/client.ts';
import { type HostStorage, RootFileSystem } from './model.ts';

const rootFileSystem = Compile(RootFileSystem);

/** What is known of the storage of a host; null when there is no such host. */
export async function findStorage(
  db: Reader,
  name: string,
): Promise<Omit<HostStorage, 'host' | 'verdict' | 'reasons'> | null> {
  const row = await db.host.findUnique({ where: { name } });
  if (row === null) return null;
  const known: unknown = row.storage;
  const storage = rootFileSystem.Check(known) ? known : null;
  return {
    storageDriver: row.storageDriver,
    backingFileSystem: detail(row.details, 'backingFileSystem'),
    rootFolder: detail(row.details, 'rootFolder'),
    storage,
    measuredAt: storage === null ? null : (row.storageMeasuredAt?.toISOString() ?? null),
  };
}

/** Of what the engine said of itself. */
function detail(details: unknown, name: string): string | null {
  const value: unknown = Object(details)[name];
  return typeof value === 'string' ? value : null;
}
