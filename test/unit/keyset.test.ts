import t from 'tap';
import { decodeCursor, encodeCursor, toPage } from '../../src/keyset.ts';

t.test('a cursor gives back the sort key that it was made of', (t) => {
  const key = ['2026-11-24T08:00:00.000Z', 'naïve/名前'];
  t.same(decodeCursor(encodeCursor(key), 2), key);
  t.end();
});

t.test('what is not a cursor of the list is refused', (t) => {
  const foreign = [
    '',
    'not-json',
    encodeCursor(['one']),
    encodeCursor(['one', 'two', 'three']),
    Buffer.from('[1,2]').toString('base64url'),
  ];
  for (const cursor of foreign)
    t.throws(() => decodeCursor(cursor, 2), { code: 'invalid_cursor' }, JSON.stringify(cursor));
  t.end();
});

t.test('a page has a next cursor only when one row more was found', (t) => {
  const keyOf = (row: number) => [String(row)];
  const toItem = (row: number) => row * 10;
  t.same(toPage([1, 2, 3], 2, keyOf, toItem), { items: [10, 20], nextCursor: encodeCursor(['2']) });
  t.same(toPage([1, 2], 2, keyOf, toItem), { items: [10, 20], nextCursor: null });
  t.same(toPage([], 2, keyOf, toItem), { items: [], nextCursor: null });
  t.end();
});
