import type { Test } from 'tap';
import type { Answer } from './api-client.ts';

/** One server-sent event; `data` is null where it only tells the place. */
export interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly data: Answer;
}

/** A connection for server-sent events. */
export interface EventStream {
  /** Everything that has come so far. */
  readonly seen: readonly SentEvent[];
  /** Waits until what has come is as wanted. Throws after `seconds` (20), and when the connection ends before. */
  until(wanted: (seen: readonly SentEvent[]) => boolean, seconds?: number): Promise<readonly SentEvent[]>;
  /** Place of the last event: what a client sends when it comes back. */
  lastId(): string;
  close(): Promise<void>;
}

interface Wish {
  readonly address: string;
  readonly key: string;
  readonly path: string;
  readonly lastEventId?: string;
}

/** Opens a stream and reads it in the background; it is closed with the test. Throws with the answer unless it is a stream. */
export async function openEventStream(t: Test, { address, key, path, lastEventId }: Wish): Promise<EventStream> {
  const leaving = new AbortController();
  const response = await fetch(new URL(path, address), {
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  if (response.headers.get('content-type') !== 'text/event-stream')
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  const seen: SentEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let hasEnded = false;
  const reading = read(response, (event) => {
    seen.push(event);
    wake.resolve();
  })
    // A connection that breaks, or is closed by the test, has ended.
    .catch(() => undefined)
    .finally(() => {
      hasEnded = true;
      wake.resolve();
    });
  const close = async () => {
    leaving.abort();
    await reading;
  };
  t.teardown(close);

  return {
    seen,
    close,
    lastId: () => seen.at(-1)?.id ?? '',
    async until(wanted, seconds = 20) {
      const giveUpAt = Date.now() + seconds * 1000;
      while (!wanted(seen)) {
        if (hasEnded || Date.now() > giveUpAt)
          throw new Error(
            `The events were not as wanted${hasEnded ? ', and have ended' : ''}: ${JSON.stringify(seen)}`,
          );
        wake = Promise.withResolvers();
        await Promise.race([wake.promise, new Promise((resolve) => setTimeout(resolve, 100))]);
      }
      return seen;
    },
  };
}

async function read({ body }: Response, take: (event: SentEvent) => void): Promise<void> {
  if (body === null) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
      );
      if (fields.has('id') || fields.has('data')) take(eventOf(fields));
    }
  }
}

function eventOf(fields: ReadonlyMap<string | undefined, string>): SentEvent {
  const data = fields.get('data');
  return {
    id: fields.get('id') ?? '',
    name: fields.get('event') ?? 'message',
    data: data === undefined ? null : JSON.parse(data),
  };
}
