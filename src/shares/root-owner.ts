import Value from 'typebox/value';
import type { Reader } from '../database/client.ts';
import { boundFolderOf, hostPathKey, pathFactsOf } from '../hosts/read.ts';
import { KeptConsumer } from '../permissions/model.ts';
import { T } from '../schema.ts';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who owns the root of a volume, as it was seen last: by a check of its permissions, else at the folder that it binds; null
 * when nobody has looked. At most three statements.
 */
export async function ownerOfRoot(db: Reader, host: string, name: string): Promise<Owner | null> {
  const check = await db.permissionCheck.findFirst({
    where: { hostName: host, volumeName: name },
    orderBy: { checkedAt: 'desc' },
    select: { consumers: true },
  });
  const checked = check === null ? [] : Value.Parse(T.Array(KeptConsumer), check.consumers);
  const root = checked.find(({ access }) => access.folder === '' && access.root !== null)?.access.root;
  return root == null ? await ownerOfBoundFolder(db, host, name) : { uid: root.uid, gid: root.gid };
}

async function ownerOfBoundFolder(db: Reader, host: string, name: string): Promise<Owner | null> {
  const volume = await db.volume.findUnique({
    where: { hostName_name: { hostName: host, name } },
    select: { mountpoint: true, driver: true, options: true },
  });
  if (volume === null) return null;
  const { mountpoint, driver, options } = volume;
  // Written by the inventory: options of a driver are strings.
  const path = boundFolderOf(driver, options as Record<string, string>) ?? mountpoint;
  const facts = (await pathFactsOf(db, [{ host, path }])).get(hostPathKey({ host, path }));
  const { uid = null, gid = null } = facts ?? {};
  return uid === null || gid === null ? null : { uid, gid };
}
