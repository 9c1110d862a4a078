import { type Connection, patience } from './connection.ts';
import type { EngineChange } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';
import { flatObjects } from './flat-objects.ts';
import { objectPath } from './object-path.ts';
import { translateEngineError } from './translate-error.ts';

const gone = 404;
const kinds = ['changed', 'added', 'deleted'] as const;

/**
 * Implements {@link Engine.containerChanges}. The answer is one JSON list, which of a million changes is 100 MB and more: it is
 * read as a stream, which dockerode's own call does not do.
 */
export async function containerChanges(
  { docker, ask, host }: Connection,
  id: string,
  signal: AbortSignal,
): Promise<AsyncIterable<EngineChange> | null> {
  const options = {
    path: `/containers/${objectPath(id)}/changes`,
    method: 'GET',
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  };
  const answer = await ask(patience.lengthy, () =>
    new Promise<AsyncIterable<Buffer>>((resolve, reject) =>
      docker.modem.dial(options, (error, stream) => (error ? reject(error) : resolve(stream as AsyncIterable<Buffer>))),
    ).catch(exceptStatus(gone)),
  );
  return answer === undefined ? null : changesOf(host, answer, signal);
}

async function* changesOf(
  host: string,
  answer: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<EngineChange> {
  try {
    for await (const raw of flatObjects(answer)) if (isRawChange(raw)) yield toChange(raw);
  } catch (error) {
    throw signal.aborted ? signal.reason : translateEngineError(host, error);
  }
}

interface RawChange {
  readonly Path: string;
  readonly Kind: number;
}

function isRawChange(value: unknown): value is RawChange {
  return typeof value === 'object' && value !== null && 'Path' in value && 'Kind' in value;
}

function toChange({ Path, Kind }: RawChange): EngineChange {
  return { path: Path, kind: kinds[Kind] ?? 'changed' };
}
