import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { feedEvents } from './feed.ts';
import { problem, publicFailure } from './problem.ts';
import type { Answer } from './rest-binding.ts';
import type { Call } from './rest-call.ts';
import { watch } from './watch.ts';

/** Keeps proxies from closing a connection on which nothing happens. */
const heartbeatMilliseconds = 15_000;

/** Answers with server-sent events, one for each output, or for each item of a feed. What ends the watching early is sent as the last event, `problem`. */
export async function answerEvents(
  call: Call,
  { source, until, advance }: Answer & { kind: 'events' },
): Promise<FastifyReply> {
  const { route, request, reply, contextOf, input, draining } = call;
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, draining]);
  const outputs = watch({
    operation: route.operation,
    input: advance === undefined ? input : resumed(input, request.headers['last-event-id']),
    source,
    until,
    advance,
    currentContext: () => contextOf(request),
    signal,
  });
  // The first reading comes before the headers: its failure is an ordinary problem.
  const first = await outputs.next();

  const sink = new PassThrough();
  sink.on('close', () => gone.abort());
  const heartbeat = setInterval(() => sink.write(': still here\n\n'), heartbeatMilliseconds);

  const pump = async () => {
    let number = 0;
    try {
      for (let turn = first; turn.done !== true; turn = await outputs.next()) {
        number += 1;
        const texts =
          advance === undefined
            ? [`id: ${number}\ndata: ${reply.serialize(turn.value)}\n\n`]
            : feedEvents(turn.value, (item) => JSON.stringify(item));
        for (const text of texts) await write(sink, text, signal);
      }
    } catch (error) {
      if (!signal.aborted) sink.write(problemEvent(error, call));
    } finally {
      clearInterval(heartbeat);
      await outputs.return(undefined);
      sink.end();
    }
  };
  void pump();
  return reply
    .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    .send(sink);
}

/** A client that comes back says where it was in a header, and asks for the same address: the header is newer. */
function resumed(input: Record<string, unknown>, lastEventId: string | string[] | undefined): Record<string, unknown> {
  return typeof lastEventId === 'string' && lastEventId !== '' ? { ...input, after: lastEventId } : input;
}

async function write(sink: PassThrough, text: string, signal: AbortSignal): Promise<void> {
  if (!sink.write(text)) await once(sink, 'drain', { signal });
}

function problemEvent(error: unknown, { request }: Call): string {
  request.log.warn({ err: error }, 'an event stream ended early');
  const failure = publicFailure(error, request.id);
  return `event: problem\ndata: ${JSON.stringify(problem(failure, request.url, request.id))}\n\n`;
}
