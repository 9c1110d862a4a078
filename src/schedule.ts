import { Cron } from 'croner';
import { fail, messageOf } from './errors.ts';
import { object, type Static, T } from './schema.ts';

const cron = T.String({
  minLength: 1,
  maxLength: 128,
  description: 'Minute, hour, day of the month, month and day of the week, or `@hourly`, `@daily`, `@weekly` …',
  examples: ['0 2 * * *'],
});
const timeZone = T.String({
  minLength: 1,
  maxLength: 64,
  description: 'Name of the time zone that the clock of `cron` is in.',
  examples: ['Europe/Berlin'],
});

export const Schedule = object(
  { cron, timeZone },
  {
    $id: 'Schedule',
    description:
      'When something is done again and again. A time that the clock skips in spring is made up for right after; one that it shows twice in autumn counts once.',
  },
);
export type Schedule = Static<typeof Schedule>;

export const NewSchedule = object(
  { cron, timeZone: T.Optional(timeZone) },
  { $id: 'NewSchedule', description: 'A schedule; in UTC unless it says otherwise.' },
);
export type NewSchedule = Static<typeof NewSchedule>;

export function scheduleFrom({ cron, timeZone = 'UTC' }: NewSchedule): Schedule {
  return { cron, timeZone };
}

/** The first time after `after` that a schedule names; null when there is none. Throws `invalid_input` for one that cannot be read. */
export function nextRun({ cron, timeZone }: Schedule, after: Date): Date | null {
  try {
    return new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true }).nextRun(after);
  } catch (cause) {
    const said = messageOf(cause);
    throw fail('invalid_input', {
      detail: isTimeZone(timeZone)
        ? `The schedule "${cron}" cannot be read: ${said.replace(/^Cron\w+: /, '')}`
        : `There is no time zone "${timeZone}"; give a name such as Europe/Berlin or UTC.`,
      cause,
      errors: [{ path: '/schedule', rule: 'schedule', message: 'is not a schedule' }],
    });
  }
}

/** The schedule, with its first time. Throws `invalid_input` for one that cannot be read, or that never comes. */
export function requireSchedule(schedule: Schedule): Date {
  const next = nextRun(schedule, new Date());
  if (next !== null) return next;
  throw fail('invalid_input', {
    detail: `The schedule "${schedule.cron}" never comes; no month has such a day.`,
    errors: [{ path: '/schedule', rule: 'schedule', message: 'never comes' }],
  });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Seconds between the next two times of a schedule, at least a minute; null when there are no two. */
export function intervalSeconds(schedule: Schedule, now: Date): number | null {
  const first = nextRun(schedule, now);
  const second = first === null ? null : nextRun(schedule, first);
  return first === null || second === null ? null : Math.round((second.getTime() - first.getTime()) / 1000);
}
