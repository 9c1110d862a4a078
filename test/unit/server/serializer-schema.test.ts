import fastify from 'fastify';
import t, { type Test } from 'tap';
import { DateTime, nullable, object, T } from '../../../src/schema.ts';
import { serializerSchema } from '../../../src/server/serializer-schema.ts';

const Inner = object({ at: nullable(DateTime), words: nullable(T.Array(T.String())) }, { $id: 'Inner' });
const Outer = object({ inner: nullable(Inner), count: nullable(T.Integer()), either: T.Union([T.String(), Inner]) });

async function serialized(t: Test, value: object): Promise<unknown> {
  const app = fastify();
  t.teardown(() => app.close());
  app.get('/', { schema: { response: { 200: serializerSchema(Outer) } } }, async () => value);
  return (await app.inject('/')).json();
}

t.test('null and values come out as they are, and unknown fields do not', async (t) => {
  const inner = { at: '2026-11-26T00:00:00.000Z', words: ['a'] };
  t.same(await serialized(t, { inner, count: 1, either: 'x' }), { inner, count: 1, either: 'x' });
  t.same(await serialized(t, { inner: null, count: null, either: inner }), { inner: null, count: null, either: inner });
  const nothing = { at: null, words: null };
  t.same(await serialized(t, { inner: { ...nothing, secret: 's' }, count: 0, either: 'x', secret: 's' }), {
    inner: nothing,
    count: 0,
    either: 'x',
  });
});

t.test('a choice between something and null is no choice to a serializer, any other one is', async (t) => {
  t.match(serializerSchema(Outer), {
    properties: {
      inner: { type: 'object', nullable: true, anyOf: undefined },
      either: { anyOf: [{ type: 'string' }] },
    },
  });
  t.notMatch(JSON.stringify(serializerSchema(Outer)), '$id');
});
