import type { Reader } from '../database/client.ts';
import { boundFolderOf, hostPathKey, pathFactsOf } from '../hosts/read.ts';

/** Who owns the root of a volume, as it was seen last; null when nobody has looked. Two statements. */
export async function ownerOfRoot(
  db: Reader,
  host: string,
  name: string,
): Promise<{ readonly uid: number; readonly gid: number } | null> {
  const volume = await db.volume.findUnique({
    where: { hostName_name: { hostName: host, name } },
    select: { mountpoint: true, driver: true, options: true },
  });
  if (volume === null) return null;
  const { mountpoint, driver, options } = volume;
  // Written by the inventory: options of a driver are strings.
  const folder = boundFolderOf(driver, options as Record<string, string>) ?? mountpoint;
  const facts = (await pathFactsOf(db, [{ host, path: folder }])).get(hostPathKey({ host, path: folder }));
  const { uid = null, gid = null } = facts ?? {};
  return uid === null || gid === null ? null : { uid, gid };
}
