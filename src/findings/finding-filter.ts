import type { ProjectScope } from '../access/roles.ts';
import type { Prisma } from '../database/client.ts';
import { decodeTimeCursor } from '../keyset.ts';
import { atLeast } from './finding-row.ts';
import type { FindingState } from './model.ts';
import type { Severity } from './rule.ts';

/** What a list of findings can be narrowed by; all that are given must hold. */
export interface FindingFilter {
  readonly host?: string;
  readonly project?: string;
  /** Name. */
  readonly volume?: string;
  /** Name or id. */
  readonly container?: string;
  readonly rule?: string;
  readonly severity?: Severity;
  readonly minSeverity?: Severity;
  readonly state?: FindingState;
}

/** The condition that a filter makes. */
export function matching(filter: FindingFilter, now: Date): Prisma.FindingWhereInput {
  const { host, project, volume, container, rule, severity, minSeverity, state } = filter;
  const conditions: Prisma.FindingWhereInput[] = [];
  if (host !== undefined) conditions.push({ hostName: host });
  if (project !== undefined) conditions.push({ project });
  if (volume !== undefined) conditions.push({ volumeName: volume });
  if (container !== undefined) conditions.push({ OR: [{ containerId: container }, { containerName: container }] });
  if (rule !== undefined) conditions.push({ rule });
  if (severity !== undefined) conditions.push({ severity });
  if (minSeverity !== undefined) conditions.push({ severity: { in: atLeast(minSeverity) } });
  if (state !== undefined) conditions.push(inState(state, now));
  return { AND: conditions };
}

/** What belongs to no project, such as the host itself, is seen by who reaches everything. */
export function within(scope: ProjectScope): Prisma.FindingWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
}

/** What comes after a page, newest first. */
export function olderThan(cursor: string | undefined): Prisma.FindingWhereInput {
  if (cursor === undefined) return {};
  const { at, id } = decodeTimeCursor(cursor);
  return { OR: [{ openedAt: { lt: at } }, { openedAt: at, id: { lt: id } }] };
}

function inState(state: FindingState, now: Date): Prisma.FindingWhereInput {
  switch (state) {
    case 'resolved':
      return { state };
    case 'acknowledged':
      return { state, OR: [{ acknowledgedUntil: null }, { acknowledgedUntil: { gt: now } }] };
    case 'open':
      return { OR: [{ state }, { state: 'acknowledged', acknowledgedUntil: { lte: now } }] };
  }
}
