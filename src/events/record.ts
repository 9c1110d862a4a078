import { Prisma, type Reader } from '../database/client.ts';
import type { EventData, EventType } from './catalogue.ts';

/** Something that has happened, as a domain records it. */
export interface NewEvent<Type extends EventType = EventType> {
  readonly type: Type;
  /** Address of what it is about, below `/v1/`, such as `jobs/<id>`. */
  readonly subject: string;
  /** Who reaches this project sees the event; null: only who reaches everything. */
  readonly project: string | null;
  readonly host?: string | null;
  /** Name of the volume. */
  readonly volume?: string | null;
  readonly data: EventData<Type>;
  /** When it happened; now when not given. */
  readonly at?: Date;
}

/**
 * Records that something has happened. Give the transaction of the change itself: then an event is recorded exactly when,
 * and only when, it has happened, and readers hear of it when the transaction commits. Gives the id of the event.
 */
export async function recordEvent<Type extends EventType>(
  db: Reader,
  { type, subject, project, host = null, volume = null, data, at = new Date() }: NewEvent<Type>,
): Promise<string> {
  const row = Prisma.sql`
    select ${type}, ${subject}, ${project}, ${host}, ${volume}, ${JSON.stringify(data)}::jsonb, ${at}::timestamptz`;
  const [recorded] = await db.$queryRaw<{ id: string }[]>`${recordEvents(row)} returning id::text as id`;
  if (recorded === undefined) throw new Error(`The event ${type} was not recorded.`);
  return recorded.id;
}

/**
 * The insertion of the events that a `select` gives, for statements that change many rows: type, subject, project, host,
 * volume, data and time, in this order. What it builds as data must be what the catalogue declares for the type.
 */
export function recordEvents(select: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`insert into domain_events (type, subject, project, host, volume, data, at) ${select}`;
}
