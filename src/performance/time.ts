import { instantOf } from '../access/read.ts';
import { fail } from '../errors.ts';

const hourMs = 3_600_000;

/** The time that is asked about: an hour up to its end, which is now when it has none. Throws `invalid_input` unless it lasts. */
export function timeOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: Date,
): { from: Date; to: Date } {
  const end = instantOf('to', to) ?? now;
  const start = instantOf('from', from) ?? new Date(end.getTime() - hourMs);
  if (start >= end)
    throw fail(
      'invalid_input',
      `\`from\` must be before \`to\`: ${start.toISOString()} is not before ${end.toISOString()}.`,
    );
  return { from: start, to: end };
}
