import { readdirSync, readFileSync } from 'node:fs';

/** A query that the playground opens with: one tab each. */
export interface ExampleQuery {
  readonly name: string;
  readonly query: string;
}

const folder = new URL('playground/examples/', import.meta.url);

/** The example queries, in the order of their file names. */
export function exampleQueries(): ExampleQuery[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort();
  return files.map((file) => ({
    name: file.replace(/^\d+-|\.graphql$/g, ''),
    query: readFileSync(new URL(file, folder), 'utf8'),
  }));
}
