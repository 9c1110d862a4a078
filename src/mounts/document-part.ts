import { type ErrorCode, type Failure, fail } from '../errors.ts';

const longestShown = 120;

/** A value in a document that somebody wrote, with where it stands: who reads it can say what is wrong, and where. */
export interface Part {
  readonly value: unknown;
  /** JSON pointer. */
  readonly path: string;
  /** The failure of a document that cannot be read. */
  readonly code: ErrorCode;
}

/** The failure of a part, with the rule that it breaks in words. */
export function misfit({ path, code }: Part, message: string): Failure {
  return fail(code, { detail: `${path || '/'}: ${message}`, errors: [{ path, rule: 'document', message }] });
}

/** A text as a message shows it: quoted, and not longer than a line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}

/** Null counts as absent, as in Go and in YAML. */
export function isGiven({ value }: Part): boolean {
  return value !== undefined && value !== null;
}

/** A field of an object; absent when the object is. Throws when the part is no object. */
export function member(part: Part, name: string): Part {
  return { ...part, path: `${part.path}/${pointer(name)}`, value: own(entriesOf(part), name) };
}

/**
 * A field of one of Docker's objects: Docker takes its names in any case. Throws when the part is no object, and when the
 * field is there twice.
 */
export function dockerField(part: Part, name: string): Part {
  const wanted = folded(name);
  const found = entriesOf(part).filter(([key]) => key.length === name.length && folded(key) === wanted);
  const [first, second] = found;
  if (second !== undefined) throw misfit(part, `${quoted(first?.[0] ?? name)} and ${quoted(second[0])} are one field.`);
  return { ...part, path: `${part.path}/${pointer(first?.[0] ?? name)}`, value: first?.[1] };
}

/** The fields of an object, none when it is absent. Throws when it is no object. */
export function members(part: Part): [name: string, part: Part][] {
  return entriesOf(part).map(([name, value]) => [name, { ...part, path: `${part.path}/${pointer(name)}`, value }]);
}

/** The items of a list, none when it is absent. Throws when it is no list. */
export function items(part: Part): Part[] {
  if (!isGiven(part)) return [];
  const { value } = part;
  if (!Array.isArray(value)) throw misfit(part, `must be a list, not ${kindOf(value)}.`);
  return value.map((item, index) => ({ ...part, path: `${part.path}/${index}`, value: item }));
}

/** Empty when it is absent. Throws when it is no string. */
export function text(part: Part): string {
  if (!isGiven(part)) return '';
  const { value } = part;
  if (typeof value !== 'string') throw misfit(part, `must be a string, not ${kindOf(value)}.`);
  return value;
}

/** False when it is absent. Throws when it is neither true nor false. */
export function flag(part: Part): boolean {
  if (!isGiven(part)) return false;
  const { value } = part;
  if (typeof value !== 'boolean') throw misfit(part, `must be true or false, not ${kindOf(value)}.`);
  return value;
}

/** 0 when it is absent. Throws when it is no integer of at least `lowest`. */
export function integer(part: Part, lowest = 0): number {
  if (!isGiven(part)) return 0;
  const { value } = part;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < lowest)
    throw misfit(
      part,
      `must be an integer from ${lowest} to 2^53-1, not ${typeof value === 'number' ? value : kindOf(value)}.`,
    );
  return value;
}

/** Names to strings; empty when it is absent. Throws unless all values are strings. */
export function textMap(part: Part): Record<string, string> {
  return Object.fromEntries(members(part).map(([name, value]) => [name, text(value)]));
}

/** What a value is, for a message: never the value itself, which may be of any size. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the string ${quoted(value)}`;
  return `the ${typeof value} ${String(value)}`;
}

function entriesOf(part: Part): [string, unknown][] {
  if (!isGiven(part)) return [];
  const { value } = part;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw misfit(part, `must be an object, not ${kindOf(value)}.`);
  return Object.entries(value);
}

function own(entries: readonly [string, unknown][], name: string): unknown {
  return entries.find(([key]) => key === name)?.[1];
}

/** As Go compares the names of fields, the two letters outside of ASCII that fold into it included. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

function pointer(name: string): string {
  const short = name.length > longestShown ? `${name.slice(0, longestShown)}…` : name;
  return short.replaceAll('~', '~0').replaceAll('/', '~1');
}
