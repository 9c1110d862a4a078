import { type ErrorCode, fail, isFailure } from '../errors.ts';

/** HTTP statuses of the engine that mean something else than `engine_error`. */
export type Meanings = Readonly<Partial<Record<number, ErrorCode>>>;

/** What the system says when nobody answers at an endpoint, in words. */
const silences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at its endpoint',
  ENOENT: 'its socket does not exist',
  EACCES: 'its socket may not be opened by this user',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to its address',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'it closed the connection',
  ECONNABORTED: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'it closed the connection',
};

/** Turns what dockerode throws into a failure that names the host; what is no matter of the engine comes back as it is. */
export function translateEngineError(host: string, error: unknown, meanings: Meanings = {}): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  const silence = silenceOf(error);
  if (silence !== undefined)
    return fail('host_unavailable', {
      detail: `The Docker engine of host "${host}" does not answer: ${silence}.`,
      cause: error,
    });
  const status = statusOf(error);
  if (status === undefined) return error;
  return fail(meanings[status] ?? 'engine_error', {
    detail: `The Docker engine of host "${host}" refused: ${wordsOf(error)}`,
    cause: error,
  });
}

/** The HTTP status of an engine's refusal. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function silenceOf(error: Error): string | undefined {
  if (error.name === 'TimeoutError') return silences['ETIMEDOUT'];
  return 'code' in error && typeof error.code === 'string' ? silences[error.code] : undefined;
}

/** The engine's own sentence, without what dockerode wraps around it. */
function wordsOf(error: Error): string {
  const json = 'json' in error ? error.json : undefined;
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
    return json.message;
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}
