import { Compile } from 'typebox/compile';
import { fail } from '../errors.ts';
import { DateTime } from '../schema.ts';

const dateTime = Compile(DateTime);

/** Milliseconds of the units of a duration, as Go writes them. */
const units: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ns: 1e-6,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const duration = /^\+?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** Milliseconds of a duration in Go's notation, such as `1h30m` or `.5s`; null for what is none, negative ones included. */
export function readDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!duration.test(text)) return null;
  const parts = [...text.matchAll(part)];
  return parts.reduce((total, [, amount = '0', unit = 'ns']) => total + Number(amount) * (units[unit] ?? 0), 0);
}

/**
 * The time that a filter names, which is a time itself (RFC 3339) or a duration before `now`; null when it was not given.
 * Throws `invalid_input` that names the `field`.
 */
export function readUntil(field: string, text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const before = readDuration(text);
  const isTime = before === null && dateTime.Check(text);
  const at = before === null ? new Date(isTime ? text : Number.NaN) : new Date(now.getTime() - before);
  if (!Number.isNaN(at.getTime())) return at;
  const message = `"${text}" is neither a time such as 2026-11-24T08:30:00Z nor a duration such as 24h or 1h30m`;
  throw fail('invalid_input', {
    detail: `/${field}: ${message}.`,
    errors: [{ path: `/${field}`, rule: 'until', message }],
  });
}
