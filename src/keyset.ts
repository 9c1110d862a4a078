import { fail } from './errors.ts';
import type { Page } from './schema.ts';

/** The sort key of the last item of a page; what a cursor holds. */
export type Keyset = readonly string[];

/** Makes the opaque cursor of a sort key. */
export function encodeCursor(key: Keyset): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Reads a cursor made by {@link encodeCursor}. Throws `invalid_cursor` unless it holds exactly `length` strings. */
export function decodeCursor(cursor: string, length: number): Keyset {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string')) return key;
  } catch (cause) {
    throw fail('invalid_cursor', {
      detail: `"${cursor}" is not a cursor; leave it out to start from the first page.`,
      cause,
    });
  }
  throw fail('invalid_cursor', `"${cursor}" is not a cursor of this list; leave it out to start from the first page.`);
}

/** Reads the cursor of a list that is sorted by time and UUID. Throws `invalid_cursor`. */
export function decodeTimeCursor(cursor: string): { readonly at: Date; readonly id: string } {
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const at = new Date(time);
  const isTime = !Number.isNaN(at.getTime()) && at.toISOString() === time;
  if (isTime && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return { at, id };
  throw fail('invalid_cursor', `"${cursor}" is not a cursor of this list; leave it out to start from the first page.`);
}

/** Cuts a page out of rows that were read with one row more than `limit`, which tells whether a next page exists. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => Keyset,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null;
  return { items: shown.map(toItem), nextCursor };
}
