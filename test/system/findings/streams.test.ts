import { createClient } from 'graphql-ws';
import t from 'tap';
import { startApp } from '../../machinery/engine-user.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

interface Page {
  readonly items: readonly { readonly rule: string; readonly container: { readonly name: string } | null }[];
}

/** Pages of findings as server-sent events carry them; the connection is closed when the reader has seen enough. */
async function* eventsOf({ address, adminKey }: Stowage, path: string): AsyncGenerator<Page> {
  const headers = { authorization: `Bearer ${adminKey}`, accept: 'text/event-stream' };
  const { body } = await fetch(new URL(path, address), { headers });
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length));
  }
}

async function firstThatNames(pages: AsyncIterable<Page>, rule: string, container: string): Promise<boolean> {
  for await (const { items } of pages)
    if (items.some((item) => item.rule === rule && item.container?.name === container)) return true;
  return false;
}

async function* subscribed(client: ReturnType<typeof createClient>, query: string): AsyncGenerator<Page> {
  for await (const { data } of client.iterate<{ findings: Page }>({ query })) if (data != null) yield data.findings;
}

t.test('new findings are seen over server-sent events and over a subscription', async (t) => {
  const stowage = await startStowage(t);
  const name = `seen-${crypto.randomUUID()}`;
  const connectionParams = { authorization: `Bearer ${stowage.adminKey}` };
  const client = createClient({ url: `${stowage.address.replace('http', 'ws')}/graphql`, connectionParams });
  t.teardown(() => client.dispose());

  const query = `subscription { findings(rule: "MNT-009", limit: 500) { items { rule container { name } } } }`;
  const overSocket = firstThatNames(subscribed(client, query), 'MNT-009', name);
  const overEvents = firstThatNames(eventsOf(stowage, '/v1/findings/events?rule=MNT-009&limit=500'), 'MNT-009', name);
  await startApp(t, { name, HostConfig: { Tmpfs: { '/odd': '' } } });

  t.ok(await overEvents);
  t.ok(await overSocket);
  const unknown = await stowage.call('GET', '/v1/findings/events', undefined, { authorization: null });
  t.match(unknown, { status: 401 });
});
