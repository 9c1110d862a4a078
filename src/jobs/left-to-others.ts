import { translateDatabaseError } from '../database/client.ts';
import { isFailure } from '../errors.ts';
import { ClaimLost, type RunningJob, stopReason } from './handler.ts';

/** Whether, after this error, the next worker goes on with the job: it finds what is written down, and the helper that works. */
export function isLeftToOthers({ signal }: Pick<RunningJob, 'signal'>, error: unknown): boolean {
  const isDatabaseAway = isFailure(translateDatabaseError(error), 'database_unavailable');
  return error instanceof ClaimLost || stopReason(signal) === 'lost' || isDatabaseAway;
}
