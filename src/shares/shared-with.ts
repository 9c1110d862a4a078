import { type Actor, type ProjectScope, personOf, reaches, scopeOf } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';

/** A volume that a rule shares with a caller. */
export interface SharedWithCaller {
  readonly id: string;
  readonly host: string;
  readonly name: string;
}

/** What a caller sees of volumes: those of projects in reach, and those that rules share with them. */
export interface VolumeSight {
  readonly scope: ProjectScope;
  readonly shared: readonly SharedWithCaller[];
}

/** What a caller sees of volumes who reaches `scope`. At most one statement. */
export async function volumeSightOf(db: Reader, actor: Actor, scope: ProjectScope): Promise<VolumeSight> {
  return { scope, shared: scope === 'all' ? [] : await sharedWith(db, actor, Prisma.empty) };
}

/** Whether a rule shares this volume with a caller. */
export async function isSharedWith(db: Reader, actor: Actor, host: string, name: string): Promise<boolean> {
  const found = await sharedWith(db, actor, Prisma.sql`and shares.host = ${host} and shares.volume = ${name}`);
  return found.length > 0;
}

/** Whether a volume is within sight. */
export function sees(
  { scope, shared }: VolumeSight,
  volume: { readonly host: string; readonly name: string; readonly project: string | null },
): boolean {
  return (
    reaches(scope, volume.project) || shared.some(({ host, name }) => host === volume.host && name === volume.name)
  );
}

/** The condition for volumes within sight, over `v` of volumes. */
export function seenVolumes({ scope, shared }: VolumeSight): Prisma.Sql {
  if (scope === 'all') return Prisma.sql`true`;
  return Prisma.sql`(v.project = any(${[...scope]}::text[]) or v.id = any(${shared.map(({ id }) => id)}::uuid[]))`;
}

/** The condition for mounts within sight, over `m` of mounts and `c` of their containers: those of projects in reach, and of shared volumes those by containers of these projects. */
export function seenMounts({ scope, shared }: VolumeSight): Prisma.Sql {
  if (scope === 'all') return Prisma.sql`true`;
  const projects = Prisma.sql`any(${[...scope]}::text[])`;
  const volumes = Prisma.sql`any(${shared.map(({ id }) => id)}::uuid[])`;
  return Prisma.sql`(m.project = ${projects} or (m.volume_id = ${volumes} and c.project = ${projects}))`;
}

/**
 * The volumes that rules share with a caller now: rules about them in person, about a project that they may read, and about
 * a role that they have. Rules about labels and certificates are for containers and for the engine; they show nothing here.
 */
async function sharedWith(db: Reader, actor: Actor, narrowed: Prisma.Sql): Promise<SharedWithCaller[]> {
  const scope = scopeOf(actor, 'read');
  const projects = scope === 'all' ? [] : [...scope];
  const roles = actor.grants.flatMap(({ role, project }) => (project === null ? [] : [{ role, project }]));
  return await db.$queryRaw<SharedWithCaller[]>`
    select distinct volumes.id::text as id, volumes.host, volumes.name from share_rules
    join shares on shares.id = share_rules.share_id
    join volumes on volumes.host = shares.host and volumes.name = shares.volume
      and volumes.project is not distinct from shares.project
    where share_rules.state = 'active' and (expires_at is null or expires_at > ${new Date()}) ${narrowed} and (
      (subject_kind in ('user', 'service') and subject_value = ${personOf(actor)})
      or (subject_kind = 'project' and subject_value = any(${projects}::text[]))
      or (subject_kind = 'role' and (subject_value, subject_project) in (
        select * from unnest(${roles.map(({ role }) => role)}::text[], ${roles.map(({ project }) => project)}::text[])))
    )`;
}
