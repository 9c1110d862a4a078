import { Prisma, type Reader } from '../database/client.ts';
import { attributeLabels, backupLabels } from '../hosts/read.ts';
import type { DataClass } from '../volumes/model.ts';
import { classNames, toClassSource } from './class-store.ts';
import type { CoverSources, CoverSubject } from './coverage.ts';
import { toPolicySource } from './store.ts';

/** A volume, with what its protection is judged by. */
export interface Candidate extends CoverSubject {
  /** When it was made, or first seen. */
  readonly since: Date;
}

/** Everything that may cover a volume, as it is stored. Two statements. */
export async function loadSourceRows(db: Reader) {
  const policies = await db.backupPolicy.findMany({ where: { isEnabled: true }, orderBy: { name: 'asc' } });
  const classes = await db.dataClass.findMany({ orderBy: { name: 'asc' } });
  return { policies, classes };
}

/** Everything that may cover a volume. Two statements. */
export async function loadSources(db: Reader): Promise<CoverSources> {
  return toSources(await loadSourceRows(db));
}

export function toSources({ policies, classes }: Awaited<ReturnType<typeof loadSourceRows>>): CoverSources {
  return {
    policies: policies.map(toPolicySource),
    classes: new Map(classes.map((row) => [row.name as DataClass, toClassSource(row)])),
  };
}

/** The volumes of these hosts. One statement. */
export async function candidatesOn(db: Reader, hosts: readonly string[]): Promise<Candidate[]> {
  return await loadCandidates(db, [Prisma.sql`v.host = any(${[...hosts]}::text[])`]);
}

/** The volumes that all conditions (over `v`) are met by, by host and name, with what they are covered by; the first so many. One statement. */
export async function loadCandidates(
  db: Reader,
  conditions: readonly Prisma.Sql[],
  limit?: number,
): Promise<Candidate[]> {
  return await db.$queryRaw<Candidate[]>`
    select v.host, v.name, v.kind, v.project, v.environment, v.class, v.labels,
      coalesce(v.created_at, v.first_seen_at) as since,
      (select r.name from repositories r where r.kind = 'volume' and r.location->>'host' = v.host and r.location->>'volume' = v.name limit 1) as "holdsRepository",
      (select coalesce(json_agg(distinct jsonb_build_object(
          'policy', c.labels->>${backupLabels.policy}, 'backup', c.labels->>${backupLabels.backup}, 'composeProject', c.compose_project,
          'class', case when c.labels->>${attributeLabels.class} = any(${[...classNames]}::text[]) then c.labels->>${attributeLabels.class} end)), '[]')
        from mounts m join containers c on c.host = m.host and c.id = m.container_id
        where m.volume_id = v.id and c.project is not distinct from v.project) as declared
    from volumes v where ${Prisma.join([...conditions], ' and ')}
    order by v.host, v.name ${limit === undefined ? Prisma.empty : Prisma.sql`limit ${limit}`}`;
}
