import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { addressesOf, type Network } from './receiver.ts';

/** Of the receiver's answer. */
const mostBytes = 4096;
const mostCharacters = 500;
const answerMilliseconds = 1000;

/** What became of a request. */
export interface Outcome {
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Null when the receiver has taken the message. */
  readonly error: string | null;
  /** Beginning of the answer. */
  readonly response: string | null;
  /** When the receiver wants to be asked again. */
  readonly retryAfterSeconds: number | null;
}

export interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly networks: readonly Network[];
  readonly timeoutSeconds: number;
}

/**
 * Sends one request. It connects to addresses that were judged before, whatever the name leads to meanwhile; it follows no
 * redirection, and reads no more of the answer than its beginning. Does not throw: what went wrong is the outcome.
 */
export async function send(sending: Sending): Promise<Outcome> {
  const signal = AbortSignal.timeout(sending.timeoutSeconds * 1000);
  try {
    const answer = await Promise.race([exchange(sending, signal), timeout(signal)]);
    return { ...answer, error: faultOf(answer.status) };
  } catch (error) {
    const text = signal.aborted ? `There was no answer within ${sending.timeoutSeconds} s.` : messageOf(error);
    return { status: null, error: text, response: null, retryAfterSeconds: null };
  }
}

/** A name that is looked up cannot be given up by a signal. */
async function timeout(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw signal.reason;
}

async function exchange({ url: address, headers, body, networks }: Sending, signal: AbortSignal) {
  const url = new URL(address);
  const addresses = await addressesOf(url, networks);
  const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    signal,
    lookup(_host, options, give) {
      const [first = { address: '', family: 0 }] = addresses;
      if (options.all === true) give(null, addresses);
      else give(null, first.address, first.family);
    },
  });
  try {
    request.end(body);
    const [answer]: [IncomingMessage] = (await once(request, 'response', { signal })) as [IncomingMessage];
    return {
      status: answer.statusCode ?? 0,
      response: await beginningOf(answer),
      retryAfterSeconds: secondsOf(answer.headers['retry-after']),
    };
  } finally {
    // What else the receiver has to say is not waited for.
    request.on('error', () => undefined).destroy();
  }
}

async function beginningOf(answer: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => answer.destroy(), answerMilliseconds);
  try {
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) break;
    }
  } catch {
    // An answer that breaks off has told its status all the same.
  } finally {
    clearTimeout(timer);
  }
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\0', '').slice(0, mostCharacters).toWellFormed();
  return text === '' ? null : text;
}

function faultOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400)
    return `The receiver answered ${status}; redirections are not followed: give the webhook the address that it leads to.`;
  return `The receiver answered ${status}.`;
}

function secondsOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : null;
}

/** Of several tries with several addresses, all that went wrong. */
function messageOf(error: unknown): string {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors
    .map((one) => (one instanceof Error ? one.message : String(one)))
    .join('; ')
    .slice(0, mostCharacters)
    .toWellFormed();
}
