import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { startStowage } from '../../machinery/stowage.ts';

const path = '/v1/mount-evaluations';

t.test('bad input is refused with its place, and malice at once', async (t) => {
  const stowage = await startStowage(t);
  const nine = (name: string) => `[${Array(9).fill(name).join(',')}]`;
  const laughs = [
    `a: &a ${nine('x')}`,
    ...[...'bcdefghi'].map((name, i) => `${name}: &${name} ${nine(`*${'abcdefgh'[i]}`)}`),
  ];
  const compose = (file: string) => ({ compose: { file, service: 'web' } });
  const deep = (levels: number) => JSON.parse(`${'[['.repeat(levels)}${']]'.repeat(levels)}`);
  const table: [input: object, code: string, detail: RegExp][] = [
    [{}, 'invalid_input', /either "container" or "compose"/],
    [{ container: {}, compose: { file: 'x', service: 'y' } }, 'invalid_input', /either/],
    [{ container: {}, extra: 1 }, 'invalid_input', /unknown field "extra"/],
    [{ container: [] }, 'invalid_input', /object/],
    [{ container: { Deep: deep(1_000) } }, 'invalid_input', /nested/],
    [{ container: { HostConfig: { Binds: ['a\0:/b'] } } }, 'invalid_input', /NUL/],
    [
      { container: { HostConfig: { Binds: ['/a:b'] } } },
      'container_spec_invalid',
      /^\/container\/HostConfig\/Binds\/0: /,
    ],
    [{ compose: { file: 'a', service: 'b', x: 1 } }, 'invalid_input', /unknown field "x"/],
    [compose(`${laughs.join('\n')}\nservices: {web: {volumes: *i}}`), 'compose_invalid', /aliases/],
    [compose('['.repeat(60_000)), 'compose_invalid', /brackets/],
    [compose('- '.repeat(30_000)), 'compose_invalid', /levels/],
    [compose('x'.repeat(900_000)), 'compose_invalid', /bytes/],
    [compose('services: {web: {}}\nservices: {web: {}}'), 'compose_invalid', /twice/],
    [compose('services: {web: {volumes: ["./a:/b"]}}'), 'compose_invalid', /projectFolder/],
    [compose('services: {web: {volumes: ["$DATA:/b"]}}'), 'compose_invalid', /"DATA"/],
  ];
  for (const [input, code, detail] of table) {
    const what = JSON.stringify(input).slice(0, 80);
    const startedAt = Date.now();
    t.match(await stowage.call('POST', path, input), { status: 400, body: { code, detail } }, what);
    t.ok(Date.now() - startedAt < 1_000, `${what}: within a second`);
    const query =
      'query ($container: JSON, $compose: ComposeServiceSpecInput) { mountEvaluation(container: $container, compose: $compose) { verdict } }';
    if (detail.source.includes('unknown') || Array.isArray((input as Answer).container)) continue;
    const { errors } = await stowage.graphql(query, input as Record<string, unknown>);
    t.match(errors, [{ extensions: { code } }], `${what}: GraphQL`);
  }
  t.match(await stowage.call('POST', path, { host: 'mars', container: {} }), {
    status: 404,
    body: { code: 'host_not_found' },
  });
  const { items } = await stowage.get('/v1/audit-events?limit=500');
  t.notOk(
    items.some(({ operation, outcome }: Answer) => operation === 'mounts.evaluate' && outcome !== 'refused'),
    'it is no change',
  );
});
