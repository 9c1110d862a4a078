import type { ProjectScope } from '../access/roles.ts';
import type { Prisma } from '../database/client.ts';
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
  /** Part of the name. */
  readonly name?: string;
  /** `key` or `key=value`, each. */
  readonly label?: readonly string[];
}

/** The condition that a filter makes. */
export function matching({ host, name, inUse, dangling, label = [], ...equal }: VolumeFilter): Prisma.VolumeWhereInput {
  const conditions: Prisma.VolumeWhereInput[] = [equal, ...label.map(labelled)];
  if (host !== undefined) conditions.push({ hostName: host });
  if (name !== undefined) conditions.push({ name: { contains: literally(name) } });
  if (inUse !== undefined) conditions.push(mounted(inUse));
  if (dangling !== undefined) conditions.push(mounted(!dangling));
  return { AND: conditions };
}

/** What the caller may see. */
export function within(scope: ProjectScope): Prisma.VolumeWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
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
