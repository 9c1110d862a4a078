import { pauseSeconds, spreadFrom, waitSeconds } from './schedule.ts';
import type { Outcome } from './send.ts';

/** How long an installation bears with receivers that fail. */
export interface Patience {
  /** Of one delivery, the first included. */
  readonly attempts: number;
  readonly backoffSeconds: number;
  /** After so long without a success a webhook is disabled. */
  readonly disableHours: number;
}

const longestRetryAfterSeconds = 3600;

/** What follows from an attempt that failed. */
export function afterFailure(
  webhook: { readonly failures: number; readonly failingSince: Date | null },
  tries: number,
  { status, retryAfterSeconds }: Pick<Outcome, 'status' | 'retryAfterSeconds'>,
  { attempts, backoffSeconds, disableHours }: Patience,
  now: Date,
) {
  const failures = webhook.failures + 1;
  const failingSince = webhook.failingSince ?? now;
  const wanted = Math.min(retryAfterSeconds ?? 0, longestRetryAfterSeconds);
  const retryAt = spreadFrom(now, Math.max(pauseSeconds(failures, backoffSeconds), wanted));
  const delivery =
    tries >= attempts
      ? { state: 'failed', finishedAt: now }
      : { dueAt: spreadFrom(now, Math.max(waitSeconds(tries, backoffSeconds), wanted)) };
  const disabledReason = reasonToDisable(status, failingSince, disableHours, now);
  return { delivery, webhook: { failures, failingSince, retryAt }, disabledReason };
}

function reasonToDisable(status: number | null, failingSince: Date, disableHours: number, now: Date): string | null {
  if (status === 410) return 'The receiver answered 410: it wants no more.';
  if (now.getTime() - failingSince.getTime() < disableHours * 3_600_000) return null;
  return `No attempt has succeeded since ${failingSince.toISOString()}.`;
}
