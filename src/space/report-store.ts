import type { ProjectScope } from '../access/roles.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import { decodeCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { shortestSpanHours } from './growth.ts';
import type { ReportGrouping, UsageReportRow, UsageTotals } from './model.ts';
import { joinSamples } from './usage-store.ts';

/** What a report is narrowed by; all that are given must hold. */
export interface ReportFilter {
  readonly host?: string;
  readonly project?: string;
  readonly environment?: string;
  readonly class?: string;
  readonly driver?: string;
}

/** In which order rows come: the largest first; or by group, which does not change while page after page is read. */
export type ReportOrder = 'largest' | 'group';

type Row = { readonly [Name in keyof UsageReportRow]: UsageReportRow[Name] | bigint } & { readonly sortKey: string };

/** What the rows of each grouping have in common. The empty text is the group of those that belong to none. */
const groupKeys: Readonly<Record<ReportGrouping, Prisma.Sql>> = {
  volume: Prisma.sql`host || '/' || name`,
  project: Prisma.sql`coalesce(project, '')`,
  class: Prisma.sql`coalesce(class, '')`,
  environment: Prisma.sql`coalesce(environment, '')`,
  host: Prisma.sql`host`,
  driver: Prisma.sql`driver`,
};

/** Sparse files may claim more than can be counted exactly. */
const most = Prisma.raw(String(Number.MAX_SAFE_INTEGER));
const sum = (what: Prisma.Sql) => Prisma.sql`least(coalesce(sum(${what}), 0), ${most})::bigint`;
const sums = Prisma.sql`count(*) as volumes, count(*) filter (where dangling) as dangling, count(*) filter (where usage_bytes is null) as unmeasured,
  ${sum(Prisma.sql`usage_bytes`)} as bytes, least(coalesce(sum(usage_bytes) filter (where dangling), 0), ${most})::bigint as "danglingBytes",
  ${sum(Prisma.sql`usage_allocated_bytes`)} as "allocatedBytes", ${sum(Prisma.sql`usage_files`)} as files, round(sum(per_day))::float8 as "bytesPerDay"`;

/** Sums over all volumes that the caller may see. */
export async function reportTotals(db: Reader, scope: ProjectScope, filter: ReportFilter): Promise<UsageTotals> {
  const [row] = await db.$queryRaw<Row[]>`${volumesOf(scope, filter)} select ${sums} from reported`;
  if (row === undefined) throw new Error('Sums over nothing are a row as well.');
  return toTotals(row);
}

/** Rows of a report. */
export async function reportRows(
  db: Reader,
  scope: ProjectScope,
  groupBy: ReportGrouping,
  filter: ReportFilter,
  { order, limit, cursor }: { order: ReportOrder; limit: number; cursor?: string | undefined },
): Promise<Page<UsageReportRow>> {
  const same = (column: string) =>
    Prisma.sql`case when count(distinct coalesce(${Prisma.raw(column)}, '')) = 1 then min(${Prisma.raw(column)}) end`;
  const rows = await db.$queryRaw<Row[]>`
    ${volumesOf(scope, filter)}, grouped as (
      select ${groupKeys[groupBy]} as "sortKey", ${sums}, ${same('host')} as host, ${groupBy === 'volume' ? Prisma.sql`min(name)` : Prisma.sql`null::text`} as volume,
        ${same('project')} as project, ${same('environment')} as environment, ${same('class')} as class, ${same('driver')} as driver
      from reported group by 1
    )
    select * from grouped where ${following(order, cursor)}
    order by ${order === 'largest' ? Prisma.sql`bytes desc,` : Prisma.empty} "sortKey" limit ${limit + 1}`;
  return toPage(rows, limit, ({ bytes, sortKey }) => [String(bytes), sortKey], toRow);
}

/** The volumes of a report, with the growth of each; two statements' worth in one. */
function volumesOf(scope: ProjectScope, filter: ReportFilter): Prisma.Sql {
  const conditions = Object.entries(filter).map(
    ([column, value]) => Prisma.sql`volumes.${Prisma.raw(`"${column}"`)} = ${value}`,
  );
  if (scope !== 'all') conditions.push(Prisma.sql`volumes.project = any(${[...scope]}::text[])`);
  const matching = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ');
  return Prisma.sql`with growth as (
      select volumes.id, regr_slope(sample.bytes, extract(epoch from sample.at)) * 86400 as per_day from volumes ${joinSamples}
      where ${matching} group by volumes.id
      having max(sample.at) - min(sample.at) >= make_interval(hours => ${Prisma.raw(String(shortestSpanHours))})
    ), reported as (
      select volumes.*, growth.per_day, not exists (select from mounts where mounts.volume_id = volumes.id) as dangling
      from volumes left join growth on growth.id = volumes.id where ${matching}
    )`;
}

function following(order: ReportOrder, cursor: string | undefined): Prisma.Sql {
  if (cursor === undefined) return Prisma.sql`true`;
  const [bytes = '', key = ''] = decodeCursor(cursor, 2);
  if (!/^\d{1,18}$/.test(bytes))
    throw fail(
      'invalid_cursor',
      `"${cursor}" is not a cursor of this list; leave it out to start from the first page.`,
    );
  if (order === 'group') return Prisma.sql`"sortKey" > ${key}`;
  return Prisma.sql`(bytes < ${BigInt(bytes)} or (bytes = ${BigInt(bytes)} and "sortKey" > ${key}))`;
}

function toTotals(row: Row): UsageTotals {
  return {
    volumes: Number(row.volumes),
    dangling: Number(row.dangling),
    unmeasured: Number(row.unmeasured),
    bytes: Number(row.bytes),
    danglingBytes: Number(row.danglingBytes),
    allocatedBytes: Number(row.allocatedBytes),
    files: Number(row.files),
    bytesPerDay: row.bytesPerDay === null ? null : Number(row.bytesPerDay),
  };
}

function toRow(row: Row): UsageReportRow {
  const text = (value: Row[keyof Row]) => (value === null ? null : String(value));
  return {
    group: row.sortKey === '' ? null : row.sortKey,
    host: text(row.host),
    volume: text(row.volume),
    project: text(row.project),
    environment: text(row.environment),
    class: text(row.class),
    driver: text(row.driver),
    ...toTotals(row),
  };
}
