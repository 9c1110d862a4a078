import type { GetEventsOptions } from 'dockerode';
import { fail } from '../errors.ts';
import { type Connection, patience } from './connection.ts';
import type { EngineEvent } from './engine-objects.ts';
import { translateEngineError } from './translate-error.ts';

/** The events after which an inventory, or what is known of images, may be wrong. Exec, health checks and the like are left out at the source. */
const filters: GetEventsOptions['filters'] = {
  type: ['container', 'volume', 'image', 'plugin'],
  event: [
    'create',
    'destroy',
    'delete',
    'import',
    'load',
    'pull',
    'tag',
    'untag',
    'mount',
    'unmount',
    'start',
    'restart',
    'die',
    'stop',
    'kill',
    'oom',
    'pause',
    'unpause',
    'rename',
    'update',
    'enable',
    'disable',
    'remove',
  ],
};

/** Implements {@link Engine.events}. */
export async function* followEvents(
  { host, docker, ask }: Connection,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  try {
    const stream = await ask(patience.question, () =>
      docker.getEvents({ since: since.getTime() / 1000, filters, abortSignal: signal }),
    );
    for await (const line of jsonLines(stream)) {
      const event = toEvent(line);
      if (event !== null) yield event;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw translateEngineError(host, error);
  }
  if (!signal.aborted)
    throw fail('host_unavailable', `The Docker engine of host "${host}" has ended its stream of events.`);
}

async function* jsonLines(stream: AsyncIterable<Buffer | string>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
}

interface RawEvent {
  Type: string;
  Action: string;
  Actor: { ID: string };
  timeNano: number;
}

function toEvent(raw: unknown): EngineEvent | null {
  if (!isRawEvent(raw) || !isOfInterest(raw.Type)) return null;
  return { type: raw.Type, action: raw.Action, id: raw.Actor.ID, at: new Date(raw.timeNano / 1e6) };
}

function isOfInterest(type: string): type is EngineEvent['type'] {
  return type === 'volume' || type === 'container' || type === 'image' || type === 'plugin';
}

function isRawEvent(value: unknown): value is RawEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Type' in value &&
    'Action' in value &&
    'Actor' in value &&
    'timeNano' in value
  );
}
