import { readFile } from 'node:fs/promises';

/** An answer of the API; the demo reads it as it is, like any client without types would. */
// biome-ignore lint/suspicious/noExplicitAny: the demo stands for a client that has no types of the API
export type Answer = any;

/** The few calls that the tour makes. */
export type Client = Awaited<ReturnType<typeof connect>>;

/** A client with the API key of a file. Throws an Error that says what to do when the product does not run. */
export async function connect(address: string, keyFile: string) {
  const key = await readFile(keyFile, 'utf8').catch(() => {
    throw new Error(`There is no API key at ${keyFile}. Start the product with "npm start" in another terminal first.`);
  });
  const authorization = `Bearer ${key.trim()}`;

  async function call(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(new URL(path, address), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(`Nothing answers at ${address}. Start the product with "npm start" in another terminal first.`);
    });
    const answer: Answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.code}: ${answer.detail}`);
    return answer;
  }

  return {
    get: (path: string) => call('GET', path),
    post: (path: string, body: object) => call('POST', path, body),
    remove: (path: string) => call('DELETE', path),
    /** The outputs of server-sent events, until the server ends them. */
    async *events(path: string): AsyncGenerator<Answer> {
      const response = await fetch(new URL(path, address), { headers: { authorization, accept: 'text/event-stream' } });
      if (response.body === null) return;
      let rest = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const events = (rest + chunk).split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) {
          const data = event.split('\n').find((line) => line.startsWith('data: '));
          if (data !== undefined) yield JSON.parse(data.slice('data: '.length));
        }
      }
    },
  };
}
