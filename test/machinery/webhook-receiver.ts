import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import type { Answer } from './api-client.ts';

/** One request that a receiver got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body, read. */
  readonly event: Answer;
  readonly at: number;
}

/** A receiver of webhooks on this machine, as a user would write it. */
export interface WebhookReceiver {
  readonly url: string;
  /** Everything that came, in its order. */
  readonly received: readonly Received[];
  /** What is answered from now on; 204 at first. A function may leave a request without an answer. */
  answer(how: number | ((request: Received, response: ServerResponse) => void)): void;
  /** Waits until so many requests came whose event is of this type. Throws after `seconds` (30). */
  got(count: number, type?: string, seconds?: number): Promise<readonly Received[]>;
}

/** Starts a receiver; it ends with the test. */
export async function startWebhookReceiver(t: Test): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let how: number | ((request: Received, response: ServerResponse) => void) = 204;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const one = { headers: request.headers, body, event: JSON.parse(body), at: Date.now() };
    received.push(one);
    if (typeof how === 'number') response.writeHead(how).end();
    else how(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: (next) => {
      how = next;
    },
    async got(count, type, seconds = 30) {
      const giveUpAt = Date.now() + seconds * 1000;
      for (;;) {
        const wanted = received.filter(({ event }) => type === undefined || event.type === type);
        if (wanted.length >= count) return wanted;
        if (Date.now() > giveUpAt)
          throw new Error(`Of ${count} requests came ${wanted.length}: ${received.map(({ body }) => body).join(' ')}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
  };
}
