import { fail } from '../errors.ts';

/** The failure for what is neither on the host nor kept. */
export function incomplete(missing: readonly string[]) {
  return fail(
    'configuration_incomplete',
    `Nothing was done, since this is neither on the host nor kept: ${missing.join('; ')}.`,
  );
}
