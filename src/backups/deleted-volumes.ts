import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import type { VolumeSpec } from '../engine/engine-objects.ts';
import { labelsOf } from '../hosts/read.ts';
import { decodeTimeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { KnownVolume } from '../volumes/model.ts';
import type { DeletedVolume } from './model.ts';

type Row = Prisma.DeletedVolumeGetPayload<object>;

interface Keeping {
  /** Id of the job that deletes the volume. */
  readonly id: string;
  readonly volume: KnownVolume;
  readonly snapshotId: string;
  readonly deletedBy: string;
  readonly expiresAt: Date;
}

/** Writes down what is needed to bring a volume back; a repeated call of the same job changes nothing. */
export async function keepDeletedVolume(
  db: Reader,
  { id, volume, snapshotId, deletedBy, expiresAt }: Keeping,
): Promise<void> {
  const { host, name, driver, options, labels, project, environment, class: dataClass } = volume;
  const create = {
    id,
    hostName: host,
    name,
    driver,
    options,
    labels,
    project,
    environment,
    class: dataClass,
    snapshotId,
    deletedBy,
    expiresAt,
  };
  await db.deletedVolume.upsert({ where: { id }, create, update: { snapshotId, expiresAt } });
}

export async function forgetDeletedVolume(db: Reader, id: string): Promise<void> {
  await db.deletedVolume.deleteMany({ where: { id } });
}

/** The newest deleted volume of this name that can be brought back, or null. */
export async function newestDeletedVolume(db: Reader, host: string, name: string): Promise<DeletedVolume | null> {
  const row = await db.deletedVolume.findFirst({
    where: { hostName: host, name, expiresAt: { gt: new Date() } },
    orderBy: { deletedAt: 'desc' },
  });
  return row === null ? null : toDeletedVolume(row);
}

/** The deleted volume that can be brought back from a snapshot, or null. */
export async function deletedVolumeWith(db: Reader, snapshotId: string): Promise<DeletedVolume | null> {
  const row = await db.deletedVolume.findFirst({ where: { snapshotId, expiresAt: { gt: new Date() } } });
  return row === null ? null : toDeletedVolume(row);
}

/** How to make a deleted volume again. What was assigned to it through the API becomes its labels. */
export async function findDeletedVolume(db: Reader, id: string): Promise<VolumeSpec | null> {
  const row = await db.deletedVolume.findFirst({ where: { id, expiresAt: { gt: new Date() } } });
  if (row === null) return null;
  const { name, driver } = row;
  // Written by keepDeletedVolume only, from a volume of the inventory.
  const options = row.options as Record<string, string>;
  return {
    name,
    driver,
    options,
    labels: {
      ...(row.labels as Record<string, string>),
      ...labelsOf({ project: row.project, environment: row.environment, class: row.class }),
    },
  };
}

/** Deleted volumes that can be brought back, newest first. */
export async function listDeletedVolumes(
  db: Reader,
  scope: ProjectScope,
  limit: number,
  cursor?: string,
): Promise<Page<DeletedVolume>> {
  const within = scope === 'all' ? {} : { project: { in: [...scope] } };
  const rows = await db.deletedVolume.findMany({
    where: { AND: [{ expiresAt: { gt: new Date() } }, within, olderThan(cursor)] },
    orderBy: [{ deletedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, (row) => [row.deletedAt.toISOString(), row.id], toDeletedVolume);
}

function olderThan(cursor: string | undefined): Prisma.DeletedVolumeWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ deletedAt: { lt: at } }, { deletedAt: at, id: { lt: id } }] };
}

function toDeletedVolume({
  id,
  hostName,
  name,
  driver,
  project,
  snapshotId,
  deletedBy,
  deletedAt,
  expiresAt,
}: Row): DeletedVolume {
  return {
    id,
    host: hostName,
    name,
    driver,
    project,
    snapshot: snapshotId,
    deletedBy,
    deletedAt: deletedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
