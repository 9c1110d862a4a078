import { type Failure, fail } from './errors.ts';
import type { Page } from './schema.ts';

/** The sort key of the last item of a page; what a cursor holds. */
export type Keyset = readonly string[];

/** Makes the opaque cursor of a sort key. */
export function encodeCursor(key: Keyset): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Reads a cursor made by {@link encodeCursor}. Throws `invalid_cursor` unless it holds exactly `length` strings. */
export function decodeCursor(cursor: string, length: number): Keyset {
  const key = parse(cursor);
  if (Array.isArray(key) && key.length === length && key.every(isText)) return key;
  throw foreignCursor(cursor);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads the cursor of a list that is sorted by time and then by an id of this pattern. Throws `invalid_cursor`. */
export function decodeTimeCursor(cursor: string, pattern = uuid): { readonly at: Date; readonly id: string } {
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const at = new Date(time);
  const isTime = !Number.isNaN(at.getTime()) && at.toISOString() === time;
  if (isTime && pattern.test(id)) return { at, id };
  throw foreignCursor(cursor);
}

/** Reads the cursor of a list that is sorted by a serial number. Throws `invalid_cursor`. */
export function decodeSerialCursor(cursor: string): bigint {
  const [serial = ''] = decodeCursor(cursor, 1);
  if (/^\d{1,18}$/.test(serial)) return BigInt(serial);
  throw foreignCursor(cursor);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw foreignCursor(cursor, cause);
  }
}

/** PostgreSQL has no text with a NUL in it. */
function isText(part: unknown): part is string {
  return typeof part === 'string' && !part.includes('\0');
}

function foreignCursor(cursor: string, cause?: unknown): Failure {
  const detail = `"${cursor}" is not a cursor of this list; leave it out to start from the first page.`;
  return fail('invalid_cursor', { detail, cause });
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
