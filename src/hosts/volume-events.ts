import { Prisma, type Reader } from '../database/client.ts';
import { recordEvents } from '../events/read.ts';
import type { InventoryRows } from './inventory-rows.ts';

/*
 * The parts of SQL that write down what happens to volumes. All but the first stand beside a change of the inventory and read
 * from its `changed` rows, so that an event is written exactly when, and only when, the inventory changes.
 */

/** Engines have told times that are none. */
const earliest = Prisma.sql`timestamptz '2000-01-01 00:00:00Z'`;

const madeAt = Prisma.sql`case when created_at > ${earliest} then created_at else now() end`;

/** What a host had when it became known is not news. */
const isNews = Prisma.sql`is_new and exists (
  select from hosts where hosts.name = changed.host and (hosts.synced_at is not null or changed.created_at > hosts.created_at))`;

/** Beside a deletion of volumes: the events of it, for all who follow them. */
export function recordDeleted(): Prisma.Sql {
  return recordVolumes('deleted', Prisma.sql`now()`, Prisma.sql`true`);
}

/** Beside an upsert of volumes: the events of those that are new. */
export function recordCreated(): Prisma.Sql {
  return recordVolumes('created', madeAt, isNews);
}

function recordVolumes(word: 'created' | 'deleted', at: Prisma.Sql, condition: Prisma.Sql): Prisma.Sql {
  return recordEvents(Prisma.sql`
    select ${`stowage.volume.${word}`}, 'hosts/' || host || '/volumes/' || name, project, host, name,
      jsonb_build_object('driver', driver, 'kind', kind), ${at}
    from changed where ${condition} order by name`);
}

/** The mounts that are about to go, with their containers or alone; until now they were a use of their volumes. */
export function tellUnmounted(
  host: string,
  asked: readonly string[] | null,
  { mounts }: Pick<InventoryRows, 'mounts'>,
): Prisma.Sql {
  const within = asked === null ? Prisma.empty : Prisma.sql`and container.id = any(${[...asked]}::text[])`;
  return Prisma.sql`
    with gone as (
      select known.*, container.name as container_name from mounts known
      join containers container on container.host = known.host and container.id = known.container_id ${within}
      where known.host = ${host} and known.volume_name is not null and not exists (
        select from jsonb_to_recordset(${JSON.stringify(mounts)}::jsonb) as seen(container_id text, target text)
        where seen.container_id = known.container_id and seen.target = known.target)
    ), used as (
      update volumes set last_used_at = now() from (select distinct volume_name from gone) mounted
      where volumes.host = ${host} and volumes.name = mounted.volume_name
    )
    insert into volume_events (host, volume, project, action, container_id, container_name, target, read_only)
    select ${host}, volume_name, project, 'unmounted', container_id, container_name, target, read_only from gone order by container_id, target`;
}

/** Beside a deletion of volumes. */
export function tellDeleted(host: string): Prisma.Sql {
  return Prisma.sql`
    insert into volume_events (host, volume, project, action)
    select ${host}, name, project, 'deleted' from changed order by name`;
}

/** Beside an upsert of volumes: those that are new were made when the engine says so, which may be long ago. */
export function tellCreated(host: string): Prisma.Sql {
  return Prisma.sql`
    insert into volume_events (host, volume, project, action, at)
    select ${host}, name, project, 'created', ${madeAt}
    from changed where is_new order by name`;
}

/** Beside an upsert of mounts: a container has its mounts from the time when it was made. */
export function tellMounted(host: string): Prisma.Sql {
  return Prisma.sql`
    insert into volume_events (host, volume, project, action, container_id, container_name, target, read_only, at)
    select ${host}, changed.volume_name, changed.project, 'mounted', changed.container_id, container.name, changed.target, changed.read_only,
      case when container.created_at > ${earliest} then container.created_at else now() end
    from changed join containers container on container.host = ${host} and container.id = changed.container_id
    where changed.is_new and changed.volume_name is not null order by changed.container_id, changed.target`;
}

/** Forgets what happened before that time, but for the making of volumes that are still there. */
export async function forgetVolumeEvents(db: Reader, host: string, before: Date): Promise<void> {
  await db.$executeRaw`
    delete from volume_events old where old.host = ${host} and old.at < ${before} and not (old.action = 'created' and exists (
      select from volumes where volumes.host = old.host and volumes.name = old.volume and volumes.created_at = old.at))`;
}
