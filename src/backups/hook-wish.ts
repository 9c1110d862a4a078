import { fail } from '../errors.ts';
import type { BackupHook, Consistency, NewBackupHook } from './model.ts';

/** Longest that a command of a hook takes, unless it says so itself. */
export const defaultHookSeconds = 30;

/** A hook with everything that was left out. Throws `invalid_input` for one without a command. */
export function hookFrom({ container, before, after, user, timeoutSeconds, onError }: NewBackupHook): BackupHook {
  if (before === undefined && after === undefined)
    throw fail('invalid_input', 'A hook has a command: give `before`, `after` or both.');
  return {
    container: container ?? null,
    before: before ?? null,
    after: after ?? null,
    user: user ?? null,
    timeoutSeconds: timeoutSeconds ?? defaultHookSeconds,
    onError: onError ?? 'fail',
  };
}

/** Throws `invalid_input` for hooks of a live backup or of a dump. */
export function requireHooksFit(consistency: Consistency, hooks: readonly unknown[]): void {
  if ((consistency === 'live' || consistency === 'dump') && hooks.length > 0)
    throw fail(
      'invalid_input',
      'A live backup and a dump have no hooks; choose `consistency`: "hook", "pause" or "stop".',
    );
}
