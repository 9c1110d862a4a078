import { EventEmitter, on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Database } from './client.ts';

const channel = 'stowage_notices';

/** Says that something changed; who hears it reads the change itself, with the rights of its reader. */
export interface Notice {
  readonly topic: 'job' | 'inventory' | 'images' | 'finding' | 'cancel' | 'event';
  /** Id of the changed thing: of a job, or the name of a host; `*` for events, which PostgreSQL itself gives notice of. */
  readonly id: string;
}

/** Notices between all replicas, through PostgreSQL's LISTEN and NOTIFY. */
export interface Notices {
  publish(notice: Notice): Promise<void>;
  /** Notices about `topic` (and `id`, when given) from now on, until the signal aborts. After a lost connection one notice is made up, since some may have been missed. */
  subscribe(topic: Notice['topic'], id: string | undefined, signal: AbortSignal): AsyncIterable<Notice>;
  close(): Promise<void>;
}

/** Listens on a connection of its own, which is opened again whenever it is lost. */
export function connectNotices(url: string, db: Database): Notices {
  const heard = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const listening = listen(url, heard, closing.signal);

  return {
    async publish(notice) {
      await db.$executeRaw`select pg_notify(${channel}, ${JSON.stringify(notice)})`;
    },
    subscribe(topic, id, signal) {
      const either = AbortSignal.any([signal, closing.signal]);
      // Listens from this call on, not from the first turn of the loop: nothing is missed in between.
      return either.aborted ? nothing() : matching(on(heard, 'notice', { signal: either }), topic, id, either);
    },
    async close() {
      closing.abort();
      await listening;
    },
  };
}

async function* nothing(): AsyncGenerator<Notice> {
  yield* [];
}

async function* matching(
  events: ReturnType<typeof on>,
  topic: Notice['topic'],
  id: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Notice> {
  try {
    for await (const [notice] of events) {
      if (notice === null) yield { topic, id: id ?? '*' };
      if (isNotice(notice) && notice.topic === topic && (id === undefined || notice.id === id)) yield notice;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function listen(url: string, heard: EventEmitter, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    const client = new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 });
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
      // Not `once`: a connection that breaks may complain more than once, and a complaint that nobody hears ends the process.
      client.on('error', () => resolve());
      closing.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ({ payload }) => heard.emit('notice', parse(payload)));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      heard.emit('notice', null);
      await ended;
    } catch {
      // PostgreSQL is away: every reader is told by its own queries; this connection only has to come back.
    }
    await client.end().catch(() => undefined);
    if (!closing.aborted) await sleep(500, undefined, { signal: closing }).catch(() => undefined);
  }
}

function parse(payload: string | undefined): Notice | undefined {
  const value: unknown = JSON.parse(payload ?? 'null');
  return isNotice(value) ? value : undefined;
}

function isNotice(value: unknown): value is Notice {
  return (
    typeof value === 'object' && value !== null && 'topic' in value && 'id' in value && typeof value.id === 'string'
  );
}
