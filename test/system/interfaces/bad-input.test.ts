import t from 'tap';
import { encodeCursor } from '../../../src/keyset.ts';
import { routes } from '../../../src/server/interfaces.ts';
import type { Route } from '../../../src/server/rest-binding.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const nobody = '00000000-0000-0000-0000-000000000000';
/** Good enough to get past the schema, so that each odd value is seen by what lies behind it. */
const plausible: Readonly<Record<string, string>> = {
  host: 'local',
  name: 'no-such-volume',
  job: nobody,
  token: nobody,
  plan: nobody,
  check: nobody,
  repair: nobody,
  finding: nobody,
  rule: 'MNT-001',
  binding: nobody,
  account: nobody,
  snapshot: 'deadbeef',
  repository: 'no-such-repository',
  container: 'no-such-container',
  image: 'no-such-image:1',
  path: '/x',
  preset: 'no-such-preset',
  share: 'no-such-share',
  accessRule: nobody,
  attachment: nobody,
  webhook: nobody,
  delivery: nobody,
};
const odd = [
  '\0',
  'a\0b',
  '',
  ' ',
  '../../etc',
  '/../x',
  '%00',
  'x'.repeat(5000),
  '💥',
  '\ud800',
  "' or 1=1 --",
  '{{}}',
  '2^53',
  '-1',
  '1e99',
];
const oddJson = [...odd, null, [], {}, -1, 1e99, 1.5, true, ['\0'], { '\0': '\0' }, { a: { b: 1 } }];
const cursors = [
  'x',
  ...[['x'], ['x', 'y'], ['2020-01-01', 'x'], ['\0', '\0'], ['9'.repeat(30)], [1], [[]]].map((key) =>
    encodeCursor(key as string[]),
  ),
];

function addressOf({ url }: Route, replaced: string, value: string): string {
  return url.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(name === replaced ? value : (plausible[name] ?? 'x')),
  );
}

t.test('whatever is sent to whatever address, the answer is never an internal error', async (t) => {
  const stowage = await sharedStowage();
  const faults: string[] = [];
  async function send(method: Route['method'], path: string, body?: unknown): Promise<void> {
    const answer = await stowage.call(method, path, body);
    if (answer.status >= 500)
      faults.push(`${method} ${path} ${JSON.stringify(body)}: ${answer.status} ${answer.body?.code}`);
  }
  const plain = routes.filter(({ answer }) => answer.kind !== 'events');
  for (const route of plain) {
    const { method, operation } = route;
    const fields = Object.keys(operation.input.properties);
    const inPath = [...route.url.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
    for (const field of inPath)
      for (const value of odd.filter((text) => text !== '' && text !== '\ud800'))
        await send(method, addressOf(route, field, value), method === 'GET' || method === 'DELETE' ? undefined : {});
    for (const field of fields.filter((name) => !inPath.includes(name))) {
      const inQuery = method === 'GET' || method === 'DELETE';
      const values = inQuery ? [...odd, ...(field === 'cursor' ? cursors : [])] : oddJson;
      for (const value of values) {
        const address = addressOf(route, '', '');
        if (inQuery) await send(method, `${address}?${new URLSearchParams({ [field]: String(value) })}`);
        else await send(method, address, { [field]: value });
      }
    }
  }
  t.same(faults, []);
  t.ok(plain.length > 20, 'every address was tried');
});

t.test('a body that is too large, no JSON, or of another type is refused with its own code', async (t) => {
  const stowage = await sharedStowage();
  const path = '/v1/hosts/local/volumes';
  const post = async (body: string, type = 'application/json') => {
    const headers = { authorization: `Bearer ${stowage.adminKey}`, 'content-type': type };
    const response = await fetch(new URL(path, stowage.address), { method: 'POST', headers, body });
    return [response.status, JSON.parse(await response.text()).code];
  };
  t.same(await post(`{"name":"${'x'.repeat(2_000_000)}"}`), [413, 'body_too_large']);
  t.same(await post('{"name"'), [400, 'invalid_json']);
  t.same(await post('[]'), [400, 'invalid_input']);
  t.same(await post('name=x', 'application/x-www-form-urlencoded'), [415, 'unsupported_media_type']);
  t.same(await post('{"name":"ab","__proto__":{"x":1}}'), [400, 'invalid_json']);
});
