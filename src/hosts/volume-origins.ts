import { Prisma } from '../database/client.ts';
import type { Announcements, InventoryRows } from './inventory-rows.ts';

/*
 * What a volume was made by. The engine does not keep it; it follows from the times: a container notes the time of its
 * making first, and only then makes the volumes that are not there. So a volume of which the engine told later than that was
 * made for the container, and one of which it told earlier was asked for by itself.
 */

/** The engine's own time of a volume's making has seconds, and is that of its folder. */
const tolerance = Prisma.sql`interval '2 seconds'`;

/** The engine told of the making of these volumes. An event of an older volume of the same name says nothing. */
export function noteAnnounced(host: string, announced: Announcements): Prisma.Sql {
  const rows = JSON.stringify([...announced].map(([name, at]) => ({ name, at })));
  return Prisma.sql`
    update volumes set announced_at = told.at, origin = 'request'
    from jsonb_to_recordset(${rows}::jsonb) as told(name text, at timestamptz(3))
    where volumes.host = ${host} and volumes.name = told.name and volumes.announced_at is distinct from told.at
      and (volumes.created_at is null or volumes.created_at between told.at - ${tolerance} and told.at + ${tolerance})`;
}

/** Volumes that came with the making of one of these containers. */
export function attributeToContainers(host: string, { containerIds }: Pick<InventoryRows, 'containerIds'>): Prisma.Sql {
  return Prisma.sql`
    update volumes set origin = 'container'
    from mounts join containers container on container.host = mounts.host and container.id = mounts.container_id
    where volumes.host = ${host} and volumes.origin = 'request' and mounts.host = ${host} and mounts.volume_name = volumes.name
      and container.id = any(${[...containerIds]}::text[]) and container.created_at <= volumes.announced_at`;
}
