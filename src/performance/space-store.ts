import Value from 'typebox/value';
import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { VolumeFileSystem } from '../space/model.ts';
import type { VolumeUsage } from '../volumes/model.ts';

/** What is known of the space of a volume. */
export interface VolumeSpace {
  readonly host: string;
  readonly volume: string;
  readonly space: VolumeUsage | null;
  readonly fileSystem: VolumeFileSystem | null;
}

const select = {
  hostName: true,
  name: true,
  usageBytes: true,
  usageAllocatedBytes: true,
  usageFiles: true,
  usageInodes: true,
  usageMeasuredAt: true,
  fileSystem: true,
} as const;
type Row = Prisma.VolumeGetPayload<{ select: typeof select }>;

/** The space of these volumes (a host with names), as far as the caller may see them. */
export async function spaceOf(
  db: Reader,
  scope: ProjectScope,
  volumes: readonly { hostName: string; keys: string[] }[],
): Promise<VolumeSpace[]> {
  const rows = await db.volume.findMany({
    where: {
      AND: [
        scope === 'all' ? {} : { project: { in: [...scope] } },
        { OR: volumes.map(({ hostName, keys }) => ({ hostName, name: { in: keys } })) },
      ],
    },
    select,
  });
  return rows.map((row) => ({
    host: row.hostName,
    volume: row.name,
    space: toSpace(row),
    fileSystem: toFileSystem(row.fileSystem),
  }));
}

function toSpace(row: Row): VolumeUsage | null {
  const { usageBytes, usageAllocatedBytes, usageFiles, usageInodes, usageMeasuredAt } = row;
  if (usageBytes === null || usageFiles === null || usageMeasuredAt === null) return null;
  return {
    bytes: Number(usageBytes),
    allocatedBytes: usageAllocatedBytes === null ? null : Number(usageAllocatedBytes),
    files: Number(usageFiles),
    inodes: usageInodes === null ? null : Number(usageInodes),
    measuredAt: usageMeasuredAt.toISOString(),
  };
}

/** Null when it was not measured. */
function toFileSystem(fileSystem: unknown): VolumeFileSystem | null {
  return Value.Check(VolumeFileSystem, fileSystem) ? fileSystem : null;
}
