import { Prisma } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
import { decodeCursor } from '../keyset.ts';
import type { DataClass, VolumeKind } from './model.ts';

/** What a list of volumes can be narrowed by; all that are given must hold. */
export interface VolumeFilter {
  readonly host?: string;
  readonly project?: string;
  readonly environment?: string;
  readonly class?: DataClass;
  readonly driver?: string;
  readonly kind?: VolumeKind;
  readonly inUse?: boolean;
  readonly dangling?: boolean;
  /** Seconds. */
  readonly unusedFor?: number;
  /** Part of the name. */
  readonly name?: string;
  /** `key` or `key=value`, each. */
  readonly label?: readonly string[];
}

const equalColumns = {
  host: 'v.host',
  project: 'v.project',
  environment: 'v.environment',
  class: 'v.class',
  driver: 'v.driver',
  kind: 'v.kind',
} as const satisfies Partial<Record<keyof VolumeFilter, string>>;

/** The conditions that a filter makes, over `v` of volumes. */
export function matching(filter: VolumeFilter): Prisma.Sql[] {
  const { name, inUse, dangling, unusedFor, label = [] } = filter;
  const conditions = Object.entries(equalColumns).flatMap(([field, column]) => {
    const value = filter[field as keyof typeof equalColumns];
    return value === undefined ? [] : [Prisma.sql`${Prisma.raw(column)} = ${value}`];
  });
  conditions.push(...label.map(labelled));
  if (name !== undefined) conditions.push(Prisma.sql`strpos(v.name, ${name}) > 0`);
  if (inUse !== undefined) conditions.push(mounted(inUse));
  if (dangling !== undefined) conditions.push(mounted(!dangling));
  if (unusedFor !== undefined) conditions.push(mounted(false), unusedSince(new Date(Date.now() - unusedFor * 1000)));
  return conditions;
}

/** The conditions for what comes after a page. Throws `invalid_cursor`. */
export function following(cursor: string | undefined): Prisma.Sql[] {
  return cursor === undefined ? [] : [Prisma.sql`(v.host, v.name) > (${Prisma.join([...decodeCursor(cursor, 2)])})`];
}

/** Throws `invalid_input` for filters that no volume can meet together. */
export function refuseImpossible({ inUse, dangling, unusedFor }: VolumeFilter): void {
  const wantsUsed = inUse === true || dangling === false;
  if (wantsUsed && unusedFor !== undefined)
    throw impossible(
      'unusedFor',
      'A volume that is in use is not unused: leave out `unusedFor`, or what asks for volumes in use.',
    );
  if (inUse !== undefined && inUse === dangling)
    throw impossible(
      'dangling',
      `\`dangling\` is the opposite of \`inUse\`: no volume has both ${inUse}; leave one out.`,
    );
}

function impossible(field: string, detail: string): Failure {
  return fail('invalid_input', {
    detail,
    errors: [{ path: `/${field}`, rule: 'filter', message: 'contradicts another filter' }],
  });
}

function unusedSince(time: Date): Prisma.Sql {
  return Prisma.sql`coalesce(v.last_used_at, v.created_at, v.first_seen_at) <= ${time}`;
}

function mounted(isMounted: boolean): Prisma.Sql {
  const some = Prisma.sql`exists (select from mounts where mounts.volume_id = v.id)`;
  return isMounted ? some : Prisma.sql`not ${some}`;
}

/** A label's own value is compared as a whole; a key alone is met by any value, the empty one too. */
function labelled(label: string): Prisma.Sql {
  const end = label.indexOf('=');
  if (end === -1) return Prisma.sql`v.labels->>${label} is not null`;
  return Prisma.sql`v.labels->>${label.slice(0, end)} = ${label.slice(end + 1)}`;
}
