import { interpolate } from './compose-variables.ts';
import { flag, isGiven, items, kindOf, members, misfit, type Part, quoted, text } from './document-part.ts';

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** What the values of a compose file are read with. */
export type Variables = Readonly<Record<string, string>>;

/** A text with its variables put in; empty when it is absent. A number counts as the text that it is written as. */
export function words(part: Part, variables: Variables): string {
  const { value } = part;
  if (typeof value === 'number') return String(value);
  return interpolate(part, text(part), variables);
}

/** A text, or a list of texts. */
export function wordList(part: Part, variables: Variables): string[] {
  if (!isGiven(part)) return [];
  return Array.isArray(part.value) ? items(part).map((item) => words(item, variables)) : [words(part, variables)];
}

/** True or false, also as the text that a variable makes of it. */
export function truth(part: Part, variables: Variables): boolean {
  if (typeof part.value !== 'string') return flag(part);
  const word = words(part, variables);
  if (word !== 'true' && word !== 'false') throw misfit(part, `must be true or false, not ${quoted(word)}.`);
  return word === 'true';
}

/** Bytes, as a number or with a unit, such as `64m` or `1.5gb`; 0 when it is absent. */
export function bytesOf(part: Part, variables: Variables): number {
  const word = words(part, variables).trim();
  if (word === '') return 0;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(word) ?? [];
  const bytes = Math.trunc(Number(digits) * (units[unit.toLowerCase()] ?? 1));
  if (digits === undefined || !Number.isSafeInteger(bytes))
    throw misfit(part, `${quoted(word)} is no number of bytes; such as 64m or 1.5g.`);
  return bytes;
}

/** Names to values, as an object or as a list of `name=value`. */
export function pairs(part: Part, variables: Variables): Record<string, string> {
  if (!Array.isArray(part.value))
    return Object.fromEntries(members(part).map(([name, value]) => [name, pairValue(value, variables)]));
  const entries = items(part).map((item) => {
    const [name = '', ...value] = words(item, variables).split('=');
    return [name, value.join('=')] as const;
  });
  return Object.fromEntries(entries);
}

function pairValue(part: Part, variables: Variables): string {
  const { value } = part;
  if (typeof value === 'object' && value !== null)
    throw misfit(part, `must be a string, a number or true or false, not ${kindOf(value)}.`);
  return typeof value === 'boolean' ? String(value) : words(part, variables);
}
