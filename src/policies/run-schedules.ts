import type { Ports } from '../context.ts';
import { pause } from '../pause.ts';
import { nextRun } from '../schedule.ts';
import { systemCall } from '../system-call.ts';
import { toClassSource } from './class-store.ts';
import type { ClassSource, PolicySource } from './coverage.ts';
import { askForBackups, coveredBy } from './run-policy.ts';
import { type PolicyRow, toPolicySource } from './store.ts';

/** What has a schedule, and where it stands. */
interface Scheduled {
  readonly source: PolicySource | ClassSource;
  readonly lastRunAt: Date | null;
  /** Writes where it stands, unless it was edited or run meanwhile. */
  write(data: { lastRunAt?: Date; nextRunAt: Date | null }): Promise<void>;
}

/**
 * Asks for the backups that policies and classes are due to make, every `scheduleSeconds`, until the signal aborts. Whichever
 * replica comes first asks. What was missed while nobody looked is caught up once.
 */
export async function runSchedules(ports: Ports, signal: AbortSignal): Promise<void> {
  const { scheduleSeconds } = ports.config;
  if (scheduleSeconds === 0) return;
  while (!signal.aborted) {
    await ports.locks
      .tryHold('backup-schedules', () => runDue(ports))
      .catch((error: unknown) => ports.log.warn({ err: error }, 'the schedules of backups could not be looked at'));
    await pause(scheduleSeconds * 1000, signal);
  }
}

async function runDue(ports: Ports): Promise<void> {
  for (const one of await scheduled(ports))
    await runOne(ports, one).catch((error: unknown) =>
      ports.log.warn({ err: error, source: one.source.key }, 'backups could not be asked for; it is tried again'),
    );
}

async function runOne(ports: Ports, { source, lastRunAt, write }: Scheduled): Promise<void> {
  if (source.schedule === null) return;
  const now = new Date();
  const due = source.nextRunAt;
  const next = nextRun(source.schedule, now);
  // Also where the clock was set back: what was due then is due in this time as well.
  if (due === null || due > now) {
    if (due === null || (next !== null && due > next)) await write({ nextRunAt: next });
    return;
  }
  const volumes = await coveredBy(ports.db, ports.engines.names(), source);
  const run = `${due.toISOString()}/${lastRunAt?.toISOString() ?? ''}`;
  const { jobs, skipped } = await askForBackups(systemCall(ports), source, volumes, run, true);
  await write({ lastRunAt: now, nextRunAt: next });
  ports.log.info({ source: source.key, due, jobs: jobs.length, skipped }, 'backups were asked for by schedule');
}

async function scheduled({ db }: Ports): Promise<Scheduled[]> {
  const policies = await db.backupPolicy.findMany({ where: { isEnabled: true }, orderBy: { name: 'asc' } });
  const classes = await db.dataClass.findMany({ orderBy: { name: 'asc' } });
  const ofPolicy = (row: PolicyRow): Scheduled => ({
    source: toPolicySource(row),
    lastRunAt: row.lastRunAt,
    async write(data) {
      await db.backupPolicy.updateMany({ where: { id: row.id, nextRunAt: row.nextRunAt }, data });
    },
  });
  const ofClass = (row: (typeof classes)[number]): Scheduled => ({
    source: toClassSource(row),
    lastRunAt: row.lastRunAt,
    async write(data) {
      await db.dataClass.updateMany({ where: { name: row.name, nextRunAt: row.nextRunAt }, data });
    },
  });
  return [...policies.map(ofPolicy), ...classes.map(ofClass)];
}
