import { type ProjectScope, reaches } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import type { ImageContent } from './layers.ts';
import type { ContainerLayers, Image, ImageDetails, ImageLayer } from './model.ts';

const mostUsers = 1_000;

interface Row {
  readonly host: string;
  readonly id: string;
  readonly tags: string[];
  readonly bytes: bigint;
  readonly createdAt: Date | null;
  readonly containers: number;
}

/** An image as it is kept, with the counts of who shares its layers. */
export interface LayeredImage extends Pick<ImageDetails, 'layers' | 'sharedBytes' | 'uniqueBytes' | 'otherSteps'> {
  readonly id: string;
  readonly tags: string[];
  readonly bytes: number;
  readonly createdAt: string | null;
}

/** Images of a host, by id. Who does not reach everything sees those that a container of their projects was made from. */
export async function listImages(
  db: Reader,
  scope: ProjectScope,
  host: string,
  limit: number,
  cursor?: string,
): Promise<Page<Image>> {
  const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  const where = Prisma.sql`image.host = ${host} and image.id > ${after}`;
  const rows = await rowsWhere(db, scope, where, Prisma.sql`order by image.id limit ${limit + 1}`);
  return toPage(rows, limit, ({ id }) => [id], toImage);
}

/** The images of these addresses (`host/id`) that the caller may see, in any order. */
export async function imagesByAddress(db: Reader, scope: ProjectScope, addresses: readonly string[]): Promise<Image[]> {
  const pairs = keysByHost(addresses).map(
    ({ hostName, keys }) => Prisma.sql`(image.host = ${hostName} and image.id = any(${keys}::text[]))`,
  );
  if (pairs.length === 0) return [];
  return (await rowsWhere(db, scope, Prisma.sql`(${Prisma.join(pairs, ' or ')})`, Prisma.empty)).map(toImage);
}

async function rowsWhere(db: Reader, scope: ProjectScope, where: Prisma.Sql, end: Prisma.Sql): Promise<Row[]> {
  const visible = scope === 'all' ? Prisma.empty : Prisma.sql`where project = any(${[...scope]}::text[])`;
  const join = Prisma.raw(scope === 'all' ? 'left join' : 'join');
  return await db.$queryRaw<Row[]>`
    select image.host, image.id, image.tags, image.bytes, image.created_at as "createdAt", coalesce(users.count, 0)::int as containers
    from images image
    ${join} (select host, image_id, count(*) from containers ${visible} group by host, image_id) users
      on users.host = image.host and users.image_id = image.id
    where ${where} ${end}`;
}

/** By id, else by name with tag; without tag `latest` is meant. The containers are those that the caller may see; who does not reach everything must see one. */
export async function findImage(
  db: Reader,
  scope: ProjectScope,
  host: string,
  address: string,
): Promise<ImageDetails | null> {
  const ids = [address, `sha256:${address}`];
  const names = [address, `${address}:latest`];
  const found = await db.$queryRaw<{ id: string }[]>`
    select id from images
    where host = ${host} and (id = any(${ids}::text[]) or exists (
      select from jsonb_array_elements_text(tags) as tag where tag = any(${names}::text[])))
    order by id = any(${ids}::text[]) desc, tags @> jsonb_build_array(${address}::text) desc limit 1`;
  const id = found[0]?.id;
  const image = id === undefined ? null : await layeredImage(db, host, id);
  if (image === null) return null;
  const users = await db.container.findMany({
    where: { hostName: host, imageId: image.id },
    select: { id: true, name: true, project: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  const usedBy = users
    .filter(({ project }) => reaches(scope, project))
    .map((user) => ({ id: user.id, name: user.name }));
  if (scope !== 'all' && usedBy.length === 0) return null;
  return { host, ...image, usedBy: usedBy.slice(0, mostUsers) };
}

/** An image with its layers; null when the host has none of this id, as far as is known. */
export async function layeredImage(db: Reader, host: string, id: string): Promise<LayeredImage | null> {
  const row = await db.image.findUnique({ where: { hostName_id: { hostName: host, id } } });
  if (row === null) return null;
  // Written by keep-images.ts only.
  const { layers, otherSteps } = row.layers as unknown as ImageContent;
  const shared = await sharedWithOthers(
    db,
    host,
    id,
    layers.map(({ chainId }) => chainId),
  );
  const counted = layers.map((layer) => ({ ...layer, shared: shared.get(layer.chainId) ?? 0 }));
  return {
    id,
    tags: row.tags as string[],
    bytes: Number(row.bytes),
    createdAt: row.createdAt?.toISOString() ?? null,
    layers: counted,
    sharedBytes: sum(counted.filter((layer) => layer.shared > 0)),
    uniqueBytes: sum(counted.filter((layer) => layer.shared === 0)),
    otherSteps: [...otherSteps],
  };
}

/** The writable layer of a container as it was measured last; null before that. */
export async function writableLayer(db: Reader, host: string, id: string): Promise<ContainerLayers['writableLayer']> {
  const row = await db.container.findUnique({
    where: { hostName_id: { hostName: host, id } },
    select: { writableBytes: true, sizeMeasuredAt: true },
  });
  if (row === null || row.writableBytes === null || row.sizeMeasuredAt === null) return null;
  return { bytes: Number(row.writableBytes), measuredAt: row.sizeMeasuredAt.toISOString() };
}

/** How many other images of the host have each of these layers. */
async function sharedWithOthers(
  db: Reader,
  host: string,
  id: string,
  chainIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ chainId: string; count: number }[]>`
    select layer->>'chainId' as "chainId", count(*)::int as count
    from images image, jsonb_array_elements(image.layers->'layers') layer
    where image.host = ${host} and image.id <> ${id} and layer->>'chainId' = any(${[...chainIds]}::text[]) group by 1`;
  return new Map(rows.map(({ chainId, count }) => [chainId, count]));
}

function sum(layers: readonly ImageLayer[]): number | null {
  return layers.reduce<number | null>(
    (total, { bytes }) => (total === null || bytes === null ? null : total + bytes),
    0,
  );
}

function toImage({ host, id, tags, bytes, createdAt, containers }: Row): Image {
  return { host, id, tags, bytes: Number(bytes), createdAt: createdAt?.toISOString() ?? null, containers };
}
