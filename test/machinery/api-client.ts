import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const usualPollMilliseconds = 50;

/** What the API answered; tests look into it as a client without types would. */
// biome-ignore lint/suspicious/noExplicitAny: tests stand for a client that has no types of the API
export type Answer = any;

export interface Response {
  readonly status: number;
  readonly body: Answer;
  readonly headers: Headers;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Calls of the API for tests. All but `call` throw an Error with what was answered when the status is not the one they expect. */
export interface ApiClient {
  readonly adminKey: string;
  /** Any call, whatever it answers. A header that is null is left out, such as `{ authorization: null }`. */
  call(
    method: Method,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | null>>,
  ): Promise<Response>;
  /** The body of a 200. */
  get(path: string): Promise<Answer>;
  /** The body of a 201. */
  created(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The body of a POST that succeeds in any way. */
  post(path: string, body: unknown): Promise<Answer>;
  /** The SHA-256, in hexadecimal digits, and the headers of a file. */
  download(path: string): Promise<{ digest: string; headers: Headers }>;
  /** The job of a 202. */
  accepted(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The job of a 202 once it has ended, whether well or not. */
  finished(method: Method, path: string, body?: unknown, seconds?: number): Promise<Answer>;
  /** The job once it has ended. */
  waitForJob(id: string, seconds?: number): Promise<Answer>;
  /** What `path` answers once it is there and as wanted; polled. Throws with the last answer after `seconds` (60). */
  until(path: string, wanted: (body: Answer) => boolean, seconds?: number): Promise<Answer>;
  /** Data and errors of a GraphQL request. */
  graphql(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** A client of the API at `address`, with the admin key. It asks again after `pollMilliseconds` while it waits. */
export function connectClient(address: string, adminKey: string, pollMilliseconds = usualPollMilliseconds): ApiClient {
  const authorization = `Bearer ${adminKey}`;
  const call: ApiClient['call'] = async (method, path, body, headers = {}) => {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const given = Object.entries({ authorization, ...content, ...headers });
    const sent = given.filter((entry): entry is [string, string] => entry[1] !== null);
    const response = await fetch(new URL(path, address), {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await readBody(response) };
  };

  async function expect(status: number | 'any', method: Method, path: string, body?: unknown): Promise<Answer> {
    const answer = await call(method, path, body);
    const good = status === 'any' ? answer.status < 300 : answer.status === status;
    if (good) return answer.body;
    throw new Error(
      `${method} ${path} answered ${answer.status}, not ${status}: ${JSON.stringify(answer.body, null, 2)}`,
    );
  }

  async function download(path: string) {
    const response = await fetch(new URL(path, address), { headers: { authorization } });
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    const hash = createHash('sha256');
    if (response.body !== null) await pipeline(response.body, hash);
    return { digest: hash.digest('hex'), headers: response.headers };
  }

  async function until(path: string, wanted: (body: Answer) => boolean, seconds = 60): Promise<Answer> {
    const giveUpAt = Date.now() + seconds * 1000;
    for (;;) {
      const { status, body } = await call('GET', path);
      if (status === 200 && wanted(body)) return body;
      // The inventory may not have seen it yet.
      if (status !== 200 && status !== 404)
        throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body, null, 2)}`);
      if (Date.now() > giveUpAt)
        throw new Error(`GET ${path} was not as wanted within ${seconds} s: ${JSON.stringify(body, null, 2)}`);
      await sleep(pollMilliseconds);
    }
  }

  const waitForJob = (id: string, seconds?: number) =>
    until(`/v1/jobs/${id}`, ({ finishedAt }) => finishedAt !== null, seconds);
  return {
    adminKey,
    call,
    until,
    waitForJob,
    get: (path) => expect(200, 'GET', path),
    created: (method, path, body) => expect(201, method, path, body),
    accepted: (method, path, body) => expect(202, method, path, body),
    post: (path, body) => expect('any', 'POST', path, body),
    download,
    finished: async (method, path, body, seconds) => waitForJob((await expect(202, method, path, body)).id, seconds),
    graphql: async (query, variables) =>
      (await call('POST', '/graphql', { query, ...(variables === undefined ? {} : { variables }) })).body,
  };
}

async function readBody(response: globalThis.Response): Promise<unknown> {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return /[/+]json\b/.test(type) && text !== '' ? JSON.parse(text) : text;
}
