import { fail } from '../errors.ts';
import { object, type Static, T } from '../schema.ts';

const slots = (description: string) => T.Integer({ minimum: 0, maximum: 100_000, description });

const counts = {
  last: slots('So many of the newest snapshots.'),
  hourly: slots('The newest one of each of so many hours that have any.'),
  daily: slots('The newest one of each of so many days that have any.'),
  weekly: slots('The newest one of each of so many weeks (Monday to Sunday) that have any.'),
  monthly: slots('The newest one of each of so many months that have any.'),
  yearly: slots('The newest one of each of so many years that have any.'),
  withinDays: slots('All that are not older than so many days.'),
};

export const Retention = object(counts, {
  $id: 'Retention',
  description:
    "Which snapshots stay: those that any of these keeps, as with restic's `--keep-…`. Hours, days, weeks, months and years are those of UTC.",
});
export type Retention = Static<typeof Retention>;

export const NewRetention = T.Partial(Retention, {
  additionalProperties: false,
  $id: 'NewRetention',
  description: 'Which snapshots stay: those that any of these keeps. What is not given keeps none.',
});
export type NewRetention = Static<typeof NewRetention>;

const nothing: Retention = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, withinDays: 0 };

/** The whole of it. Also for what an earlier version has stored with fewer fields. */
export function retentionFrom(given: NewRetention): Retention {
  return { ...nothing, ...given };
}

/** Throws `invalid_input` for one that would keep nothing. */
export function requireRetention(keep: NewRetention): void {
  if (Object.values(keep).some((count) => count > 0)) return;
  throw fail('invalid_input', {
    detail: 'This would keep no snapshot at all; say how many stay, such as {"last": 3, "daily": 30}.',
    errors: [{ path: '/keep', rule: 'retention', message: 'keeps nothing' }],
  });
}
