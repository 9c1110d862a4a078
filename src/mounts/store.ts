import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { Mount, MountTmpfs, MountType } from './model.ts';

const include = { container: { select: { name: true } } } as const;
type Row = Prisma.MountGetPayload<{ include: typeof include }>;

const orderBy = [
  { hostName: 'asc' },
  { containerId: 'asc' },
  { target: 'asc' },
] as const satisfies Prisma.MountOrderByWithRelationInput[];

export interface MountFilter {
  readonly type?: MountType;
  readonly host?: string;
  /** Name or id. */
  readonly container?: string;
  /** Name. */
  readonly volume?: string;
  readonly project?: string;
  readonly readOnly?: boolean;
}

/** Mounts that the caller may see, by host, container and target. */
export async function listMounts(
  db: Reader,
  scope: ProjectScope,
  filter: MountFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Mount>> {
  const after = cursor === undefined ? {} : following(cursor);
  const rows = await db.mount.findMany({
    where: { AND: [within(scope), matching(filter), after] },
    orderBy: [...orderBy],
    include,
    take: limit + 1,
  });
  return toPage(rows, limit, ({ hostName, containerId, target }) => [hostName, containerId, target], toMount);
}

/** The mounts of these volumes (`host/name`) that the caller may see. */
export async function mountsOfVolumes(db: Reader, scope: ProjectScope, addresses: readonly string[]): Promise<Mount[]> {
  return await mountsWhere(
    db,
    scope,
    keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, volumeName: { in: keys } })),
  );
}

/** The mounts of these containers (`host/id`) that the caller may see. */
export async function mountsOfContainers(
  db: Reader,
  scope: ProjectScope,
  addresses: readonly string[],
): Promise<Mount[]> {
  return await mountsWhere(
    db,
    scope,
    keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, containerId: { in: keys } })),
  );
}

async function mountsWhere(db: Reader, scope: ProjectScope, alternatives: Prisma.MountWhereInput[]): Promise<Mount[]> {
  const rows = await db.mount.findMany({
    where: { AND: [within(scope), { OR: alternatives }] },
    orderBy: [...orderBy],
    include,
  });
  return rows.map(toMount);
}

function matching({ host, volume, container, ...equal }: MountFilter): Prisma.MountWhereInput {
  return {
    ...equal,
    ...(host === undefined ? {} : { hostName: host }),
    ...(volume === undefined ? {} : { volumeName: volume }),
    ...(container === undefined ? {} : { OR: [{ containerId: container }, { container: { name: container } }] }),
  };
}

function within(scope: ProjectScope): Prisma.MountWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
}

function following(cursor: string): Prisma.MountWhereInput {
  const [hostName = '', containerId = '', target = ''] = decodeCursor(cursor, 3);
  return {
    OR: [
      { hostName: { gt: hostName } },
      { hostName, containerId: { gt: containerId } },
      { hostName, containerId, target: { gt: target } },
    ],
  };
}

function toMount({ hostName, containerId, container, volumeName, type, tmpfs, ...row }: Row): Mount {
  const { source, target, driver, mode, readOnly, propagation, project } = row;
  return {
    host: hostName,
    container: { id: containerId, name: container.name },
    // Written by the inventory, in Docker's words.
    type: type as MountType,
    tmpfs: tmpfs as MountTmpfs | null,
    volume: volumeName,
    source,
    target,
    driver,
    mode,
    readOnly,
    propagation,
    project,
  };
}
