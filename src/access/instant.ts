import { fail } from '../errors.ts';

/**
 * A date-time of an input as a Date; undefined when it was not given. Throws `invalid_input` for what RFC 3339 has and neither JavaScript nor PostgreSQL
 * do: leap seconds, and years far away.
 */
export function instantOf(field: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (!Number.isNaN(at.getTime()) && at.getUTCFullYear() >= 1970 && at.getUTCFullYear() <= 9999) return at;
  const message = `${text} is no time between 1970 and 9999`;
  throw fail('invalid_input', {
    detail: `/${field}: ${message}.`,
    errors: [{ path: `/${field}`, rule: 'format', message }],
  });
}
