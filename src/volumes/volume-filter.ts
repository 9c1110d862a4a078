import type { Prisma } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
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

/** The condition that a filter makes. */
export function matching({
  host,
  name,
  inUse,
  dangling,
  unusedFor,
  label = [],
  ...equal
}: VolumeFilter): Prisma.VolumeWhereInput {
  const conditions: Prisma.VolumeWhereInput[] = [equal, ...label.map(labelled)];
  if (host !== undefined) conditions.push({ hostName: host });
  if (name !== undefined) conditions.push({ name: { contains: literally(name) } });
  if (inUse !== undefined) conditions.push(mounted(inUse));
  if (dangling !== undefined) conditions.push(mounted(!dangling));
  if (unusedFor !== undefined) conditions.push(mounted(false), unusedSince(new Date(Date.now() - unusedFor * 1000)));
  return { AND: conditions };
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

function unusedSince(time: Date): Prisma.VolumeWhereInput {
  const before = { lte: time };
  const never = { lastUsedAt: null, OR: [{ createdAt: before }, { createdAt: null, firstSeenAt: before }] };
  return { OR: [{ lastUsedAt: before }, never] };
}

function mounted(isMounted: boolean): Prisma.VolumeWhereInput {
  return { mounts: isMounted ? { some: {} } : { none: {} } };
}

/** Prisma hands the wildcards of LIKE on to PostgreSQL. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** A label's own value is compared as a whole; a key alone is met by any value, the empty one too. */
function labelled(label: string): Prisma.VolumeWhereInput {
  const end = label.indexOf('=');
  if (end === -1) return { labels: { path: [label], string_starts_with: '' } };
  return { labels: { path: [label.slice(0, end)], equals: label.slice(end + 1) } };
}
