import { EventEmitter, on } from 'node:events';
import { Readable } from 'node:stream';
import type { Context } from '../../../src/context.ts';
import { fail } from '../../../src/errors.ts';
import { command, query } from '../../../src/operation.ts';
import {
  Bytes,
  Download,
  expectedVersion,
  nullable,
  object,
  page,
  paging,
  type Static,
  StringMap,
  T,
  Version,
  words,
} from '../../../src/schema.ts';
import { edge, field, graphql, subscription } from '../../../src/server/graphql-binding.ts';
import { download, route, stream } from '../../../src/server/rest-binding.ts';

// A domain that keeps books in memory: small, and with every kind of operation that the bindings know.

const Binding = words('Binding', ['paper', 'leather'], 'What holds it together.');
const Author = object({ name: T.String(), born: T.Integer({ minimum: 0, maximum: 3000 }) }, { $id: 'Author' });
const Book = object(
  {
    shelf: T.String(),
    title: T.String({ description: 'Unique on its shelf.' }),
    binding: Binding,
    bytes: Bytes,
    note: nullable(T.String()),
    labels: StringMap,
    author: T.String(),
    version: Version,
  },
  { $id: 'Book', description: 'A book.' },
);
type Book = Static<typeof Book>;

const place = { shelf: T.String({ minLength: 1 }), title: T.String({ minLength: 1 }) };

/** The books of a test, by shelf and title. */
export const books = new Map<string, Book & { secret: string }>();
/** Says that a book has changed. */
export const changes = new EventEmitter();
/** How often the batch was read. */
export const batches: string[][] = [];

const keyOf = ({ shelf, title }: { shelf: string; title: string }) => `${shelf}/${title}`;
const absent = ({ shelf, title }: { shelf: string; title: string }) =>
  fail('volume_not_found', `There is no book "${title}" on "${shelf}".`);

// The shelf is the project of a book.
const book = {
  find: async (_context: Context, input: { shelf: string; title: string }) => {
    const found = books.get(keyOf(input));
    return found === undefined ? null : { project: found.shelf };
  },
  absent,
};

function bookAt(input: { shelf: string; title: string }) {
  const found = books.get(keyOf(input));
  if (found === undefined) throw absent(input);
  return found;
}

export const listBooks = query('books.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the books',
  input: object({
    shelf: T.Optional(T.String()),
    leather: T.Optional(T.Boolean()),
    titles: T.Optional(T.Array(T.String())),
    ...paging,
  }),
  output: page(Book, 'Book'),
  run: async ({ scope }, { shelf, titles, limit = 50 }) => {
    const visible = [...books.values()].filter((one) => scope === 'all' || scope.includes(one.shelf));
    const items = visible.filter(
      (one) => (shelf === undefined || one.shelf === shelf) && (titles?.includes(one.title) ?? true),
    );
    return { items: items.slice(0, limit), nextCursor: null };
  },
});

export const getBook = query('books.get', {
  permission: 'read',
  reach: book,
  summary: 'Read a book',
  input: object(place),
  output: Book,
  run: async (_context, input) => bookAt(input),
});

export const addBook = command('books.add', {
  permission: 'operate',
  reach: 'anything',
  summary: 'Add a book',
  input: object({ ...place, binding: T.Optional(Binding), bytes: T.Optional(Bytes), labels: T.Optional(StringMap) }),
  output: Book,
  run: async (_context, { shelf, title, binding = 'paper', bytes = 0, labels = {} }) => {
    if (books.has(`${shelf}/${title}`)) throw fail('volume_exists', `"${title}" is on "${shelf}" already.`);
    const added = { shelf, title, binding, bytes, labels, note: null, author: 'Ada', version: 1, secret: 'hush' };
    books.set(`${shelf}/${title}`, added);
    return added;
  },
});

export const editBook = command('books.edit', {
  permission: 'administer',
  reach: book,
  summary: 'Write a note into a book; null erases it',
  input: object({ ...place, note: T.Optional(nullable(T.String())), expectedVersion }),
  output: Book,
  run: async (_context, { note, expectedVersion: expected, ...input }) => {
    const found = bookAt(input);
    if (expected !== undefined && expected !== found.version)
      throw fail('version_mismatch', `It has version ${found.version}.`);
    const edited = { ...found, ...(note === undefined ? {} : { note }), version: found.version + 1 };
    books.set(keyOf(input), edited);
    changes.emit('change');
    return edited;
  },
});

export const burnBook = command('books.burn', {
  permission: 'administer',
  reach: book,
  summary: 'Burn a book',
  input: object({ ...place, confirm: T.String() }),
  output: Book,
  run: async (_context, input) => {
    const found = bookAt(input);
    if (input.confirm !== input.title) throw fail('confirmation_required', 'Confirm with the title.');
    books.delete(keyOf(input));
    return found;
  },
});

export const readBook = query('books.read', {
  permission: 'read',
  reach: book,
  summary: 'The text of a book',
  input: object(place),
  output: Download,
  run: async (_context, { title }) => ({
    stream: Readable.from([`text of ${title}`]),
    fileName: `${title} "ä".txt`,
    bytes: null,
  }),
});

export const breakDown = query('books.breakDown', {
  permission: 'read',
  reach: 'anything',
  summary: 'Fail unexpectedly',
  input: object({}),
  output: Book,
  run: async () => {
    throw new Error('secret detail');
  },
});

export const authorsByName = query('authors.byName', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'Who wrote it',
  input: object({ names: T.Array(T.String(), { maxItems: 2 }) }),
  output: T.Array(Author),
  run: async (_context, { names }) => {
    batches.push(names);
    return names.filter((name) => name !== 'Nobody').map((name) => ({ name, born: 1815 }));
  },
});

async function* bookChanges(_context: Context, _input: object, signal: AbortSignal): AsyncGenerator<unknown> {
  try {
    yield* on(changes, 'change', { signal, close: ['end'] });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const isBurnt = ({ note }: Book) => note === 'the end';

export const bookRoutes = [
  route(listBooks, 'GET', '/v1/books'),
  route(breakDown, 'GET', '/v1/break-down'),
  route(getBook, 'GET', '/v1/shelves/:shelf/books/:title'),
  route(addBook, 'POST', '/v1/shelves/:shelf/books', {
    status: 201,
    location: ({ shelf, title }) => `/v1/shelves/${shelf}/books/${title}`,
  }),
  route(editBook, 'PATCH', '/v1/shelves/:shelf/books/:title'),
  route(burnBook, 'DELETE', '/v1/shelves/:shelf/books/:title'),
  download(readBook, '/v1/shelves/:shelf/books/:title/text'),
  stream(getBook, '/v1/shelves/:shelf/books/:title/events', bookChanges, { until: isBurnt }),
];

export const bookGraphql = graphql({
  Query: {
    books: field(listBooks),
    book: field(getBook, { nullable: true }),
    breakDown: field(breakDown, { nullable: true }),
  },
  Mutation: { addBook: field(addBook), editBook: field(editBook), burnBook: field(burnBook) },
  Subscription: { book: subscription(getBook, bookChanges, { until: isBurnt }) },
  edges: {
    Book: {
      writer: edge('Author', authorsByName, {
        arg: 'names',
        key: ({ author }: Book) => author,
        back: ({ name }) => name,
      }),
      writers: edge('[Author!]!', authorsByName, {
        arg: 'names',
        key: ({ author }: Book) => author,
        back: ({ name }) => name,
      }),
    },
  },
});
