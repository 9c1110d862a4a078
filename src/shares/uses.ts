import type { Prisma, Reader } from '../database/client.ts';
import { withParent } from '../database/with-parent.ts';
import { boundFolderOf, type HostPath, hostPathKey, pathFactsOf } from '../hosts/read.ts';
import type { Decision } from './decide.ts';
import { attachmentsFitting, judgeUse, type UsingContainer } from './judge-use.ts';
import { loadVolumeIndexes } from './load-index.ts';

const include = {
  container: { select: { name: true, state: true, project: true, environment: true, labels: true, createdAt: true } },
  volume: { select: { driver: true, options: true } },
} as const satisfies Prisma.MountInclude;
type MountRow = Prisma.MountGetPayload<{ include: typeof include }>;

/** A volume that is shared. */
interface SharedVolume {
  readonly name: string;
  readonly hostName: string;
  readonly volumeName: string;
}

/** A mount by which a container uses a shared volume, and what the rules say of it. */
export interface Use {
  /** Name of the share. */
  readonly share: string;
  readonly host: string;
  readonly container: UsingContainer & { readonly id: string; readonly state: string };
  readonly target: string;
  readonly type: string;
  /** Path on the host. */
  readonly source: string;
  readonly readOnly: boolean;
  readonly by: 'name' | 'path';
  readonly decision: Decision;
  /** Ids of the attachments that it may have been made by. */
  readonly attachments: readonly string[];
}

/** How these volumes are used now, by the inventory: by host, container and target. A share that does not hold has no uses. A constant number of statements. */
export async function loadUses(db: Reader, shares: readonly SharedVolume[], now: Date): Promise<Use[]> {
  if (shares.length === 0) return [];
  const hosts = [...new Set(shares.map(({ hostName }) => hostName))];
  const indexes = await loadVolumeIndexes(db, hosts);
  const read = await db.mount.findMany({
    where: {
      hostName: { in: hosts },
      OR: [
        { volumeName: { in: shares.map(({ volumeName }) => volumeName) } },
        { type: 'bind' },
        { volume: { driver: 'local', options: { path: ['device'], string_starts_with: '/' } } },
      ],
    },
    include,
    orderBy: [{ hostName: 'asc' }, { containerId: 'asc' }, { target: 'asc' }],
  });
  const rows = withParent(read, 'container');
  const facts = await pathFactsOf(db, rows.flatMap(pathOf));
  const wanted = new Set(shares.map(({ name }) => name));
  return rows.flatMap((row) => {
    const paths = pathOf(row).flatMap((path) => [path.path, facts.get(hostPathKey(path))?.resolvedPath ?? path.path]);
    const reached = indexes.get(row.hostName)?.reachedBy({ volume: row.volumeName, paths }) ?? [];
    return reached.flatMap((volume): Use[] => {
      const { share, by } = volume;
      if (share === null || !wanted.has(share.name)) return [];
      const container = containerOf(row);
      const decision = judgeUse(volume, container, row, now);
      if (decision === null) return [];
      const attachments = attachmentsFitting(share.attachments, container, row).map(({ id }) => id);
      const { target, type, source, readOnly } = row;
      return [
        { share: share.name, host: row.hostName, container, target, type, source, readOnly, by, decision, attachments },
      ];
    });
  });
}

/** The path of the host that a mount binds, itself or through its volume. */
function pathOf({ hostName: host, type, source, volume }: MountRow): HostPath[] {
  // Written by the inventory: options of a driver are strings.
  const folder = volume === null ? null : boundFolderOf(volume.driver, volume.options as Record<string, string>);
  const path = type === 'bind' ? source : folder;
  return path === null ? [] : [{ host, path }];
}

function containerOf({ containerId: id, container }: MountRow): Use['container'] {
  const { name, state, project, environment } = container;
  // Written by the inventory, as Docker has them.
  return { id, name, state, project, environment, labels: container.labels as Record<string, string> };
}
