import { Prisma } from '../database/client.ts';
import { atLeast } from '../findings/read.ts';
import type { Severity } from '../findings/rule.ts';
import { decodeCursor } from '../keyset.ts';
import type { MountPropagation, MountType } from './model.ts';

/** What a list of mounts can be narrowed by; all that are given must hold. */
export interface MountFilter {
  readonly type?: MountType;
  readonly host?: string;
  /** Name or id. */
  readonly container?: string;
  /** Name. */
  readonly volume?: string;
  readonly project?: string;
  readonly readOnly?: boolean;
  readonly target?: string;
  /** It and what is below it. */
  readonly source?: string;
  readonly driver?: string;
  readonly propagation?: MountPropagation;
  /** Of the container. */
  readonly user?: string;
  /** Of a finding about it, at least. */
  readonly severity?: Severity;
}

const equalColumns = {
  type: 'm.type',
  host: 'm.host',
  volume: 'm.volume_name',
  project: 'm.project',
  readOnly: 'm.read_only',
  target: 'm.target',
  driver: 'm.driver',
  propagation: 'm.propagation',
  user: 'c."user"',
} as const satisfies Partial<Record<keyof MountFilter, string>>;

/** The conditions that a filter makes, over `m` of mounts and `c` of their containers. */
export function matching(filter: MountFilter): Prisma.Sql[] {
  const { container, source, severity } = filter;
  const conditions = Object.entries(equalColumns).flatMap(([name, column]) => {
    const value = filter[name as keyof typeof equalColumns];
    return value === undefined ? [] : [Prisma.sql`${Prisma.raw(column)} = ${value}`];
  });
  if (container !== undefined) conditions.push(Prisma.sql`(m.container_id = ${container} or c.name = ${container})`);
  if (source !== undefined) conditions.push(withinFolder(source));
  if (severity !== undefined) conditions.push(Prisma.sql`m.severity = any(${atLeast(severity)}::text[])`);
  return conditions;
}

/** A folder and all that is below it. */
function withinFolder(path: string): Prisma.Sql {
  const folder = path.replace(/\/+$/, '');
  return folder === ''
    ? Prisma.sql`starts_with(m.source, '/')`
    : Prisma.sql`(m.source = ${folder} or starts_with(m.source, ${`${folder}/`}))`;
}

/** The conditions for what comes after a page. Throws `invalid_cursor`. */
export function following(cursor: string | undefined): Prisma.Sql[] {
  if (cursor === undefined) return [];
  return [Prisma.sql`(m.host, m.container_id, m.target) > (${Prisma.join(decodeCursor(cursor, 3))})`];
}
