import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';

interface Row {
  readonly id: string;
  readonly why: string;
}

/** Why these snapshots must stay, by id: holds, deleted volumes that can be brought back, jobs that read or will read them. One statement. */
export async function neededSnapshots(db: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const wanted = [...ids];
  const rows = await db.$queryRaw<Row[]>`
    select snapshot_id as id, 'It is held: ' || reason as why from snapshot_holds
      where snapshot_id = any(${wanted}::text[]) and (until is null or until > now())
    union all
    select snapshot_id, 'The deleted volume "' || name || '" can be brought back from it.' from deleted_volumes
      where snapshot_id = any(${wanted}::text[]) and expires_at > now()
    union all
    select input->>'snapshot', 'Job ' || id || ' needs it.' from jobs
      where state in ('queued', 'running') and kind <> 'snapshot_forget' and input->>'snapshot' = any(${wanted}::text[])
    union all
    select one->>'snapshot', 'Job ' || id || ' needs it.' from jobs cross join jsonb_array_elements(input->'volumes') as one
      where state in ('queued', 'running') and kind = 'group_restore' and one->>'snapshot' = any(${wanted}::text[])`;
  const byId = new Map<string, string[]>();
  for (const { id, why } of rows) byId.set(id, [...(byId.get(id) ?? []), why]);
  return byId;
}

/** Throws `snapshot_held`. */
export async function refuseHeld(db: Reader, snapshotId: string): Promise<void> {
  const hold = await db.snapshotHold.findFirst({
    where: { snapshotId, OR: [{ until: null }, { until: { gt: new Date() } }] },
  });
  if (hold !== null)
    throw fail(
      'snapshot_held',
      `Snapshot ${snapshotId.slice(0, 8)} is held (${hold.reason}); take hold ${hold.id} away first.`,
    );
}
