import { Prisma, type Transaction } from '../database/client.ts';
import { type Announcements, type Look, toInventoryRows } from './inventory-rows.ts';
import { recordCreated, recordDeleted, tellCreated, tellDeleted, tellMounted, tellUnmounted } from './volume-events.ts';
import { attributeToContainers, noteAnnounced } from './volume-origins.ts';

/**
 * Makes the tables say what a look saw, with a fixed number of statements for any number of rows. Whether they said
 * something else before.
 */
export async function writeInventory(
  transaction: Transaction,
  host: string,
  look: Look,
  announced: Announcements = new Map(),
): Promise<boolean> {
  const rows = toInventoryRows(look);
  await transaction.$executeRaw(lockMounted(host, rows.mountedNames));
  // What becomes of volumes is told in the statements that change them; the end of mounts before anything goes, for
  // mounts go with their containers, and before the volumes that they are of.
  await transaction.$executeRaw(tellUnmounted(host, look.containers.asked, rows));
  const deletedVolumes = [tellDeleted(host), recordDeleted()];
  const changes = [
    [deleteReplacedVolumes(host, rows.volumes), deletedVolumes],
    [deleteAbsent('volumes', 'name', host, look.volumes.asked, rows.volumeNames, listedDrivers(look)), deletedVolumes],
    [upsertVolumes(host, rows.volumes), [tellCreated(host), recordCreated()]],
    [deleteAbsent('containers', 'id', host, look.containers.asked, rows.containerIds)],
    [upsertContainers(host, rows.containers)],
    [deleteAbsentMounts(host, rows.containerIds, rows.mounts)],
    [upsertMounts(host, rows.mounts), [tellMounted(host)]],
    [linkMounts(host)],
  ] as const;
  let changed = 0;
  for (const [change, tellings = []] of changes) changed += await carryOut(transaction, change, tellings);
  if (announced.size > 0) await transaction.$executeRaw(noteAnnounced(host, announced));
  if (rows.mountedNames.length > 0) await transaction.$executeRaw(attributeToContainers(host, rows));
  return changed > 0;
}

/** Makes a change, and tells of it from the rows that it gives back as `changed`. How many rows it has changed. */
async function carryOut(
  transaction: Transaction,
  change: Prisma.Sql,
  tellings: readonly Prisma.Sql[],
): Promise<number> {
  const parts = tellings.map((telling, number) => Prisma.sql`, ${Prisma.raw(`told_${number}`)} as (${telling})`);
  const told = parts.length === 0 ? Prisma.empty : Prisma.join(parts, ' ');
  const [count] = await transaction.$queryRaw<{ rows: number }[]>`
    with changed as (${change} returning known.*, (known.xmax = 0) as is_new)${told} select count(*)::int as rows from changed`;
  return count?.rows ?? 0;
}

const json = (rows: readonly object[]) => Prisma.sql`${JSON.stringify(rows)}::jsonb`;

/** A mount carries the project of its volume, so that must not change between its reading and the writing of the mount. */
function lockMounted(host: string, names: readonly string[]): Prisma.Sql {
  return Prisma.sql`select 1 from volumes where host = ${host} and name = any(${[...names]}::text[]) order by name for share`;
}

/** Docker never changes driver, options and labels of a local volume: with others it is another volume of the same name. */
function deleteReplacedVolumes(host: string, volumes: readonly object[]): Prisma.Sql {
  return Prisma.sql`
    delete from volumes as known using jsonb_to_recordset(${json(volumes)}) as seen(name text, driver text, options jsonb, labels jsonb)
    where known.host = ${host} and known.name = seen.name and known.scope = 'local'
      and (known.driver, known.options, known.labels) is distinct from (seen.driver, seen.options, seen.labels)`;
}

function deleteAbsent(
  table: 'volumes' | 'containers',
  key: 'name' | 'id',
  host: string,
  asked: readonly string[] | null,
  present: readonly string[],
  condition = Prisma.empty,
): Prisma.Sql {
  const column = Prisma.raw(`known.${key}`);
  const within = asked === null ? Prisma.empty : Prisma.sql`and ${column} = any(${[...asked]}::text[])`;
  return Prisma.sql`
    delete from ${Prisma.raw(table)} as known where known.host = ${host} ${within} ${condition}
      and not exists (select from unnest(${[...present]}::text[]) as seen(key) where seen.key = ${column})`;
}

/** Volumes of a driver that the engine does not have now are not in its list; that does not mean that they are gone. */
function listedDrivers({ drivers }: Look): Prisma.Sql {
  if (drivers === null || drivers.length === 0) return Prisma.empty;
  const names = drivers.flatMap((driver) => [driver, driver.replace(/:latest$/, '')]);
  return Prisma.sql`and known.driver = any(${names}::text[])`;
}

function upsertVolumes(host: string, volumes: readonly object[]): Prisma.Sql {
  return Prisma.sql`
    insert into volumes as known (id, host, name, kind, driver, scope, mountpoint, options, labels, project, environment, class, created_at)
    select gen_random_uuid(), ${host}, seen.* from jsonb_to_recordset(${json(volumes)}) as seen(
      name text, kind text, driver text, scope text, mountpoint text, options jsonb, labels jsonb,
      project text, environment text, class text, created_at timestamptz(3))
    on conflict (host, name) do update set
      driver = excluded.driver, scope = excluded.scope, mountpoint = excluded.mountpoint, options = excluded.options, labels = excluded.labels,
      project = coalesce(known.assigned_project, excluded.project), environment = coalesce(known.assigned_environment, excluded.environment),
      class = coalesce(known.assigned_class, excluded.class), created_at = excluded.created_at
    where (known.driver, known.scope, known.mountpoint, known.options, known.labels, known.project, known.environment, known.class, known.created_at)
      is distinct from (excluded.driver, excluded.scope, excluded.mountpoint, excluded.options, excluded.labels,
        coalesce(known.assigned_project, excluded.project), coalesce(known.assigned_environment, excluded.environment),
        coalesce(known.assigned_class, excluded.class), excluded.created_at)`;
}

function upsertContainers(host: string, containers: readonly object[]): Prisma.Sql {
  return Prisma.sql`
    insert into containers as known (host, id, name, image, image_id, state, status, labels, project, environment, compose_project, compose_service, created_at,
      "user", memory_limit_bytes, restart_policy, userns_mode)
    select ${host}, seen.* from jsonb_to_recordset(${json(containers)}) as seen(
      id text, name text, image text, image_id text, state text, status text, labels jsonb,
      project text, environment text, compose_project text, compose_service text, created_at timestamptz(3),
      "user" text, memory_limit_bytes bigint, restart_policy text, userns_mode text)
    on conflict (host, id) do update set
      name = excluded.name, image = excluded.image, state = excluded.state, status = excluded.status, labels = excluded.labels,
      project = excluded.project, environment = excluded.environment, "user" = excluded."user", memory_limit_bytes = excluded.memory_limit_bytes,
      restart_policy = excluded.restart_policy, userns_mode = excluded.userns_mode
    where (known.name, known.image, known.state, known.status, known.labels, known.project, known.environment,
        known."user", known.memory_limit_bytes, known.restart_policy, known.userns_mode)
      is distinct from (excluded.name, excluded.image, excluded.state, excluded.status, excluded.labels, excluded.project, excluded.environment,
        excluded."user", excluded.memory_limit_bytes, excluded.restart_policy, excluded.userns_mode)`;
}

function deleteAbsentMounts(host: string, containerIds: readonly string[], mounts: readonly object[]): Prisma.Sql {
  return Prisma.sql`
    delete from mounts as known where known.host = ${host} and known.container_id = any(${[...containerIds]}::text[])
      and not exists (
        select from jsonb_to_recordset(${json(mounts)}) as seen(container_id text, target text)
        where seen.container_id = known.container_id and seen.target = known.target)`;
}

/** A mount of a volume carries the volume's project, any other that of its container. */
function upsertMounts(host: string, mounts: readonly object[]): Prisma.Sql {
  return Prisma.sql`
    insert into mounts as known (host, container_id, target, type, source, volume_name, volume_id, driver, mode, read_only, propagation, tmpfs,
      selinux, no_copy, subpath, project)
    select ${host}, seen.container_id, seen.target, seen.type, seen.source, seen.volume_name, volume.id, seen.driver, seen.mode, seen.read_only,
      seen.propagation, nullif(seen.tmpfs, 'null'::jsonb), seen.selinux, seen.no_copy, seen.subpath, case when seen.volume_name is null then container.project else volume.project end
    from jsonb_to_recordset(${json(mounts)}) as seen(
      container_id text, target text, type text, source text, volume_name text, driver text, mode text, read_only boolean, propagation text, tmpfs jsonb,
      selinux text, no_copy boolean, subpath text)
    join containers container on container.host = ${host} and container.id = seen.container_id
    left join volumes volume on volume.host = ${host} and volume.name = seen.volume_name
    on conflict (host, container_id, target) do update set
      type = excluded.type, source = excluded.source, volume_name = excluded.volume_name, volume_id = excluded.volume_id, driver = excluded.driver,
      mode = excluded.mode, read_only = excluded.read_only, propagation = excluded.propagation, tmpfs = excluded.tmpfs,
      selinux = excluded.selinux, no_copy = excluded.no_copy, subpath = excluded.subpath, project = excluded.project
    where (known.type, known.source, known.volume_name, known.volume_id, known.driver, known.mode, known.read_only, known.propagation, known.tmpfs,
        known.selinux, known.no_copy, known.subpath, known.project)
      is distinct from (excluded.type, excluded.source, excluded.volume_name, excluded.volume_id, excluded.driver, excluded.mode, excluded.read_only,
        excluded.propagation, excluded.tmpfs, excluded.selinux, excluded.no_copy, excluded.subpath, excluded.project)`;
}

/** For mounts that were seen before their volume was, or whose volume changed. */
function linkMounts(host: string): Prisma.Sql {
  return Prisma.sql`
    update mounts as known set volume_id = volumes.id, project = volumes.project from volumes
    where known.host = ${host} and volumes.host = ${host} and known.volume_name = volumes.name
      and (known.volume_id, known.project) is distinct from (volumes.id, volumes.project)`;
}
