import { Readable } from 'node:stream';
import type { ProjectScope } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';
import type { Download } from '../schema.ts';
import { csvLine } from './csv.ts';
import { type ReportFormat, type ReportGrouping, UsageReportRow } from './model.ts';
import { type ReportFilter, reportRows, reportTotals } from './report-store.ts';

const rowsAtOnce = 500;
const columns = Object.keys(UsageReportRow.properties) as (keyof UsageReportRow)[];

interface ReportWish {
  readonly groupBy: ReportGrouping;
  readonly format: ReportFormat;
  readonly filter: ReportFilter;
}

/** A report as a file with all its rows, by group. It is read page by page while it is sent. */
export function reportFile(db: Reader, scope: ProjectScope, { groupBy, format, filter }: ReportWish): Download {
  const rows = allRows(db, scope, groupBy, filter);
  const text = format === 'csv' ? asCsv(rows) : asJson(db, scope, groupBy, filter, rows);
  const day = new Date().toISOString().slice(0, 10);
  return {
    stream: Readable.from(text, { objectMode: false }),
    fileName: `usage-by-${groupBy}-${day}.${format}`,
    bytes: null,
  };
}

async function* allRows(
  db: Reader,
  scope: ProjectScope,
  groupBy: ReportGrouping,
  filter: ReportFilter,
): AsyncGenerator<UsageReportRow> {
  let cursor: string | undefined;
  do {
    const page = await reportRows(db, scope, groupBy, filter, { order: 'group', limit: rowsAtOnce, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* asCsv(rows: AsyncIterable<UsageReportRow>): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const row of rows) yield csvLine(columns.map((column) => row[column]));
}

async function* asJson(
  db: Reader,
  scope: ProjectScope,
  groupBy: ReportGrouping,
  filter: ReportFilter,
  rows: AsyncIterable<UsageReportRow>,
): AsyncGenerator<string> {
  const totals = await reportTotals(db, scope, filter);
  yield `{"groupBy":${JSON.stringify(groupBy)},"totals":${JSON.stringify(totals)},"items":[`;
  let separator = '\n';
  for await (const row of rows) {
    yield `${separator}${JSON.stringify(row)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}
