import type { Reader } from '../database/client.ts';
import type { TmpfsUse } from './tmpfs-probe.ts';

/** A tmpfs of a running container, as the inventory has it. */
export interface TmpfsMount {
  readonly container: string;
  readonly target: string;
}

export async function tmpfsMounts(db: Reader, host: string): Promise<TmpfsMount[]> {
  const rows = await db.mount.findMany({
    where: { hostName: host, type: 'tmpfs', container: { state: 'running' } },
    select: { containerId: true, target: true },
    orderBy: [{ containerId: 'asc' }, { target: 'asc' }],
  });
  return rows.map(({ containerId, target }) => ({ container: containerId, target }));
}

/** Writes down what was measured. What a tmpfs held that was not seen this time is not known any more. */
export async function saveTmpfsUse(db: Reader, host: string, uses: readonly TmpfsUse[]): Promise<void> {
  const seen = JSON.stringify(uses.map(({ container, target, usedBytes }) => ({ container, target, used: usedBytes })));
  await db.$executeRaw`
    update mounts set tmpfs_used_bytes = seen.used, tmpfs_measured_at = case when seen.used is null then null else now() end
    from mounts mount left join jsonb_to_recordset(${seen}::jsonb) as seen(container text, target text, used bigint)
      on seen.container = mount.container_id and seen.target = mount.target
    where mount.host = ${host} and mount.type = 'tmpfs' and mounts.host = mount.host and mounts.container_id = mount.container_id
      and mounts.target = mount.target and (seen.used is not null or mount.tmpfs_used_bytes is not null)`;
}
