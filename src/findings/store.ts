import type { ProjectScope } from '../access/roles.ts';
import { type Database, Prisma, type Reader } from '../database/client.ts';
import { toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { type FindingFilter, matching, olderThan, within } from './finding-filter.ts';
import { type FindingRow, toFinding } from './finding-row.ts';
import type { Finding } from './model.ts';

const newestFirst = [{ openedAt: 'desc' }, { id: 'desc' }] as const;

/** Findings that the caller may see, newest first. */
export async function listFindings(
  db: Reader,
  scope: ProjectScope,
  filter: FindingFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Finding>> {
  const now = new Date();
  const rows = await db.finding.findMany({
    where: { AND: [within(scope), matching(filter, now), olderThan(cursor)] },
    orderBy: [...newestFirst],
    take: limit + 1,
  });
  return toPage(rows, limit, keyOf, (row) => toFinding(row, now));
}

function keyOf({ openedAt, id }: FindingRow): [string, string] {
  return [openedAt.toISOString(), id];
}

export async function findFinding(db: Reader, id: string): Promise<Finding | null> {
  const row = await db.finding.findUnique({ where: { id } });
  return row === null ? null : toFinding(row);
}

/** The newest `each` findings of each volume (`host/name`), mounts of it included, that are not resolved. Two statements. */
export async function findingsOfVolumes(
  db: Database,
  scope: ProjectScope,
  addresses: readonly string[],
  each: number,
): Promise<Finding[]> {
  return await newestOf(db, scope, 'volume', addresses, each);
}

/** As {@link findingsOfVolumes}, of containers (`host/id`). */
export async function findingsOfContainers(
  db: Database,
  scope: ProjectScope,
  addresses: readonly string[],
  each: number,
): Promise<Finding[]> {
  return await newestOf(db, scope, 'container_id', addresses, each);
}

async function newestOf(
  db: Database,
  scope: ProjectScope,
  column: 'volume' | 'container_id',
  addresses: readonly string[],
  each: number,
): Promise<Finding[]> {
  const ids = await db.$queryRaw<{ id: string }[]>`
    select f.id::text as id from unnest(${[...addresses]}::text[]) as wanted(address)
    cross join lateral (
      select id from findings
      where host = split_part(wanted.address, '/', 1)
        and ${Prisma.raw(column)} = substr(wanted.address, strpos(wanted.address, '/') + 1) and active_key is not null
      order by opened_at desc, id desc limit ${each}
    ) f`;
  return await byIds(db, scope, ids);
}

/** Of the hosts themselves, not of what is on them. */
export async function findingsOfHosts(db: Reader, scope: ProjectScope, hosts: readonly string[]): Promise<Finding[]> {
  const rows = await db.finding.findMany({
    where: { AND: [within(scope), { hostName: { in: [...hosts] }, subject: 'host', activeKey: { not: null } }] },
    orderBy: [...newestFirst],
  });
  return rows.map((row) => toFinding(row));
}

async function byIds(db: Reader, scope: ProjectScope, ids: readonly { id: string }[]): Promise<Finding[]> {
  const rows = await db.finding.findMany({
    where: { AND: [within(scope), { id: { in: ids.map(({ id }) => id) } }] },
    orderBy: [...newestFirst],
  });
  return rows.map((row) => toFinding(row));
}
