import { type Database, Prisma, type Reader } from '../database/client.ts';
import type { EngineImage, EngineImageDetails } from '../engine/engine-objects.ts';
import { contentOf } from './layers.ts';

/** Ids of the images of a host that are in the table. */
export async function knownImages(db: Reader, host: string): Promise<Set<string>> {
  const rows = await db.image.findMany({ where: { hostName: host }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}

/** Ids of images that containers of a host were made from and that are not in the table. */
export async function missingImages(db: Reader, host: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct image_id as id from containers
    where host = ${host} and not exists (select from images where images.host = containers.host and images.id = containers.image_id)`;
  return rows.map(({ id }) => id);
}

/** Adds images with their layers. Two that look at the same time write the same. */
export async function addImages(db: Reader, host: string, images: readonly EngineImageDetails[]): Promise<void> {
  if (images.length === 0) return;
  const data = images.map(({ id, tags, bytes, createdAt, ...details }) => ({
    hostName: host,
    id,
    tags: [...tags],
    bytes,
    createdAt,
    layers: JSON.parse(JSON.stringify(contentOf(details))),
  }));
  await db.image.createMany({ data, skipDuplicates: true });
}

/**
 * Makes the names of the images in the table that were known before the list those of the list, and removes those that are neither in
 * the list nor the image of a container. An image that lost its name and has children is not listed.
 */
export async function followList(
  db: Database,
  host: string,
  listed: readonly EngineImage[],
  known: readonly string[],
): Promise<void> {
  const rows = JSON.stringify(listed.map(({ id, tags, bytes }) => ({ id, tags, bytes })));
  const seen = Prisma.sql`jsonb_to_recordset(${rows}::jsonb) as seen(id text, tags jsonb, bytes bigint)`;
  const kept = Prisma.sql`images.host = ${host} and images.id = any(${[...known]}::text[])`;
  await db.$transaction([
    db.$executeRaw`
      update images set tags = seen.tags, bytes = seen.bytes, seen_at = now() from ${seen}
      where ${kept} and images.id = seen.id and (images.tags, images.bytes) is distinct from (seen.tags, seen.bytes)`,
    db.$executeRaw`
      update images set tags = '[]', seen_at = now()
      where ${kept} and tags <> '[]' and not exists (select from ${seen} where seen.id = images.id)`,
    db.$executeRaw`
      delete from images where ${kept} and not exists (select from ${seen} where seen.id = images.id)
        and not exists (select from containers where containers.host = images.host and containers.image_id = images.id)`,
  ]);
}
