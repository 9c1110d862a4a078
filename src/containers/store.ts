import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { Container, ContainerState } from './model.ts';

type Row = Prisma.ContainerGetPayload<object>;

export interface ContainerFilter {
  readonly host: string;
  readonly state?: ContainerState;
  readonly project?: string;
  /** Name of a volume that it has mounted. */
  readonly volume?: string;
}

/** Containers of a host that the caller may see, by name. */
export async function listContainers(
  db: Reader,
  scope: ProjectScope,
  filter: ContainerFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Container>> {
  const after = cursor === undefined ? {} : following(cursor);
  const rows = await db.container.findMany({
    where: { AND: [within(scope), matching(filter), after] },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, ({ name, id }) => [name, id], toContainer);
}

/** By id, else by name. */
export async function findContainer(db: Reader, hostName: string, idOrName: string): Promise<Container | null> {
  const rows = await db.container.findMany({ where: { hostName, OR: [{ id: idOrName }, { name: idOrName }] } });
  const row = rows.find(({ id }) => id === idOrName) ?? rows[0];
  return row === undefined ? null : toContainer(row);
}

/** The containers of these addresses (`host/id`) that the caller may see, in any order. */
export async function containersByAddress(
  db: Reader,
  scope: ProjectScope,
  addresses: readonly string[],
): Promise<Container[]> {
  const onHosts = keysByHost(addresses).map(({ hostName, keys }) => ({ hostName, id: { in: keys } }));
  const rows = await db.container.findMany({ where: { AND: [within(scope), { OR: onHosts }] } });
  return rows.map(toContainer);
}

function matching({ host, volume, ...equal }: ContainerFilter): Prisma.ContainerWhereInput {
  return { hostName: host, ...equal, ...(volume === undefined ? {} : { mounts: { some: { volumeName: volume } } }) };
}

function within(scope: ProjectScope): Prisma.ContainerWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
}

function following(cursor: string): Prisma.ContainerWhereInput {
  const [name = '', id = ''] = decodeCursor(cursor, 2);
  return { OR: [{ name: { gt: name } }, { name, id: { gt: id } }] };
}

function toContainer(row: Row): Container {
  const { id, name, image, imageId, project, environment, user, restartPolicy, usernsMode, composeProject } = row;
  return {
    id,
    name,
    image,
    imageId,
    project,
    environment,
    user,
    restartPolicy,
    usernsMode,
    host: row.hostName,
    // Written by the inventory, in Docker's words.
    state: row.state as ContainerState,
    labels: row.labels as Record<string, string>,
    compose: composeProject === null ? null : { project: composeProject, service: row.composeService },
    memoryLimitBytes: row.memoryLimitBytes === null ? null : Number(row.memoryLimitBytes),
    writable: toWritable(row),
    createdAt: row.createdAt?.toISOString() ?? null,
  };
}

function toWritable({ writableBytes, rootBytes, sizeMeasuredAt }: Row): Container['writable'] {
  if (writableBytes === null || rootBytes === null || sizeMeasuredAt === null) return null;
  return { bytes: Number(writableBytes), rootBytes: Number(rootBytes), measuredAt: sizeMeasuredAt.toISOString() };
}
