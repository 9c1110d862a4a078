import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeSerialCursor, toPage } from '../keyset.ts';
import type { Target } from '../operation.ts';
import type { Page } from '../schema.ts';
import type { VolumeAction, VolumeEvent } from './model.ts';
import { projectOfVolume } from './store.ts';

type Row = Prisma.VolumeEventGetPayload<object>;
interface Address {
  readonly host: string;
  readonly name: string;
}

/** The history of a volume belongs to the volume's project; when the volume is gone, to the project that it had at last. */
export const historyTarget: Target<Address> = {
  async find({ ports: { db } }, { host, name }) {
    const lastEvent = db.volumeEvent.findFirst({
      where: { hostName: host, volumeName: name },
      orderBy: { id: 'desc' },
      select: { project: true },
    });
    // Both are asked for in any case: see projectOfVolume.
    const [volume, event] = await Promise.all([projectOfVolume(db, host, name), lastEvent]);
    return volume ?? event;
  },
  absent: ({ host, name }) =>
    fail('volume_not_found', `There is and was no volume "${name}" on host "${host}", as far as is known.`),
};

/**
 * What happened to a volume, newest first. Other volumes may have had its name: who sees it by its project sees what happened
 * since it was made, and of those before what happened in the caller's projects.
 */
export async function listEvents(
  db: Reader,
  scope: ProjectScope,
  { host, name }: Address,
  limit: number,
  cursor?: string,
): Promise<Page<VolumeEvent>> {
  const ofVolume = { hostName: host, volumeName: name };
  const after = cursor === undefined ? {} : { id: { lt: decodeSerialCursor(cursor) } };
  const visible = scope === 'all' ? {} : await visibleTo(db, scope, ofVolume);
  const rows = await db.volumeEvent.findMany({
    where: { AND: [ofVolume, visible, after] },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, ({ id }) => [String(id)], toEvent);
}

async function visibleTo(
  db: Reader,
  projects: readonly string[],
  ofVolume: Pick<Row, 'hostName' | 'volumeName'>,
): Promise<Prisma.VolumeEventWhereInput> {
  const created = await db.volumeEvent.findFirst({
    where: { ...ofVolume, action: 'created' },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return { OR: [{ project: { in: [...projects] } }, { id: { gte: created?.id ?? 0n } }] };
}

function toEvent({ id, at, action, containerId, containerName, target, readOnly }: Row): VolumeEvent {
  return {
    id: String(id),
    at: at.toISOString(),
    // Written by the inventory, in these words.
    action: action as VolumeAction,
    container: containerId === null ? null : { id: containerId, name: containerName ?? '' },
    target,
    readOnly,
  };
}
