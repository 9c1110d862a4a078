import type { ProjectScope } from '../access/roles.ts';
import type { Database, Prisma, Reader } from '../database/client.ts';
import { decodeSerialCursor, toPage } from '../keyset.ts';
import type { Page } from '../schema.ts';
import { type Event, type EventBatch, placeOf } from './model.ts';

type Row = Prisma.DomainEventGetPayload<object>;

/** What events can be narrowed by; all that are given must hold. */
export interface EventFilter {
  /** Types of the catalogue. */
  readonly types?: readonly string[] | undefined;
  readonly host?: string | undefined;
  readonly project?: string | undefined;
  /** Name of the volume. */
  readonly volume?: string | undefined;
  readonly subject?: string | undefined;
}

/** Which events to read, and how they are shown. */
export interface EventReading {
  readonly scope: ProjectScope;
  readonly filter: EventFilter;
  readonly limit: number;
  /** Of CloudEvents: this installation. */
  readonly source: string;
}

/** Events that the caller may see, newest first. */
export async function listEvents(
  db: Reader,
  { scope, filter, limit, source }: EventReading,
  cursor?: string,
): Promise<Page<Event>> {
  const before = cursor === undefined ? { not: null } : { lt: decodeSerialCursor(cursor) };
  const rows = await db.domainEvent.findMany({
    where: { AND: [{ position: before }, matching(filter), within(scope)] },
    orderBy: { position: 'desc' },
    take: limit + 1,
  });
  return toPage(
    rows,
    limit,
    ({ position }) => [String(position)],
    (row) => toEvent(row, source),
  );
}

/** Events that the caller may see after a place, oldest first. Those that are given have all their predecessors committed. */
export async function eventsAfter(
  db: Database,
  { scope, filter, limit, source }: EventReading,
  after: bigint,
): Promise<EventBatch> {
  const end = await newestPosition(db);
  const rows = await db.domainEvent.findMany({
    where: { AND: [{ position: { gt: after, lte: end } }, matching(filter), within(scope)] },
    orderBy: { position: 'asc' },
    take: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  // What did not match is passed by as well, so that the next reading does not begin with it.
  const last = hasMore ? (shown.at(-1)?.position ?? after) : end > after ? end : after;
  return { items: shown.map((row) => toEvent(row, source)), sequence: placeOf(last), hasMore };
}

/** Events by id. */
export async function findEvents(db: Reader, ids: readonly string[], source: string): Promise<Event[]> {
  const rows = await db.domainEvent.findMany({ where: { id: { in: [...ids] } } });
  return rows.map((row) => toEvent(row, source));
}

/** The place of the newest event that there ever was, kept or not; 0 before the first. */
export async function newestPosition(db: Reader): Promise<bigint> {
  const [row] = await db.$queryRaw<{ position: bigint | null }[]>`
    select coalesce((select max(position) from domain_events), (select (value->>'position')::bigint from settings where name = ${forgottenSetting}), 0) as position`;
  return row?.position ?? 0n;
}

/** The place up to which events are not kept any more; 0 while all are. */
export async function forgottenPosition(db: Reader): Promise<bigint> {
  const setting = await db.setting.findUnique({ where: { name: forgottenSetting } });
  const position: unknown = Object(setting?.value).position;
  return typeof position === 'string' ? BigInt(position) : 0n;
}

const forgottenSetting = 'events.forgotten';

/** Forgets the events that were recorded before that time, and notes up to which place; how many they were. */
export async function forgetEvents(db: Database, before: Date): Promise<number> {
  return await db.$transaction(async (transaction) => {
    const newest = await transaction.domainEvent.aggregate({
      where: { recordedAt: { lt: before }, position: { not: null } },
      _max: { position: true },
    });
    const position = newest._max.position;
    if (position === null) return 0;
    const { count } = await transaction.domainEvent.deleteMany({ where: { position: { lte: position } } });
    const value = { position: position.toString() };
    await transaction.setting.upsert({
      where: { name: forgottenSetting },
      create: { name: forgottenSetting, value },
      update: { value },
    });
    return count;
  });
}

function matching({ types, host, project, volume, subject }: EventFilter): Prisma.DomainEventWhereInput {
  return {
    ...(types === undefined ? {} : { type: { in: [...types] } }),
    ...(host === undefined ? {} : { hostName: host }),
    ...(project === undefined ? {} : { project }),
    ...(volume === undefined ? {} : { volumeName: volume }),
    ...(subject === undefined ? {} : { subject }),
  };
}

/** What belongs to no project, such as a host, is seen by who reaches everything. */
function within(scope: ProjectScope): Prisma.DomainEventWhereInput {
  return scope === 'all' ? {} : { project: { in: [...scope] } };
}

function toEvent(row: Row, source: string): Event {
  return {
    specversion: '1.0',
    id: row.id,
    source,
    type: row.type,
    subject: row.subject,
    time: row.at.toISOString(),
    datacontenttype: 'application/json',
    sequence: placeOf(row.position ?? 0n),
    host: row.hostName,
    volume: row.volumeName,
    project: row.project,
    // Written by who recorded it, as the catalogue declares it.
    data: row.data as Record<string, unknown>,
  };
}
