import type { Ports } from '../context.ts';
import { repeatAlone } from '../repeat-alone.ts';
import { nextRun } from '../schedule.ts';
import { systemCall } from '../system-call.ts';
import { toClassSource } from './class-store.ts';
import { type Candidate, candidatesOn, loadSourceRows, toSources } from './cover-store.ts';
import type { CoverSource } from './coverage.ts';
import { askForBackups, coveredBy } from './run-policy.ts';
import { toPolicySource } from './store.ts';

interface Standing {
  readonly lastRunAt?: Date;
  readonly nextRunAt: Date | null;
}

/** What has a schedule, and where it stands. */
interface Scheduled {
  readonly source: CoverSource;
  readonly lastRunAt: Date | null;
  /** Writes where it stands, unless it was edited or run meanwhile. */
  write(data: Standing): Promise<void>;
}

/**
 * Asks for the backups that policies and classes are due to make, every `scheduleSeconds`, until the signal aborts. Whichever
 * replica comes first asks. What was missed while nobody looked is caught up once.
 */
export async function runSchedules(ports: Ports, signal: AbortSignal): Promise<void> {
  const { scheduleSeconds } = ports.config;
  if (scheduleSeconds === 0) return;
  await repeatAlone(
    ports,
    {
      lock: 'backup-schedules',
      seconds: scheduleSeconds,
      complaint: 'the schedules of backups could not be looked at',
    },
    () => runDue(ports),
    signal,
  );
}

/** What there is to be backed up is read once, and only when something is due. */
async function runDue(ports: Ports): Promise<void> {
  const rows = await loadSourceRows(ports.db);
  const sources = toSources(rows);
  let volumes: Promise<Candidate[]> | null = null;
  const covered = async (source: CoverSource) => {
    volumes ??= candidatesOn(ports.db, ports.engines.names());
    return coveredBy(await volumes, sources, source);
  };
  for (const one of scheduled(ports, rows))
    await runOne(ports, one, covered).catch((error: unknown) =>
      ports.log.warn({ err: error, source: one.source.key }, 'backups could not be asked for; it is tried again'),
    );
}

async function runOne(
  ports: Ports,
  { source, lastRunAt, write }: Scheduled,
  covered: (source: CoverSource) => Promise<Candidate[]>,
): Promise<void> {
  if (source.schedule === null) return;
  const now = new Date();
  const due = source.nextRunAt;
  const next = nextRun(source.schedule, now);
  // Also where the clock was set back: what was due then is due in this time as well.
  if (due === null || (next !== null && due > next)) return await write({ nextRunAt: next });
  if (due > now) return;
  const run = `${due.toISOString()}/${lastRunAt?.toISOString() ?? ''}`;
  const { jobs, skipped } = await askForBackups(systemCall(ports), source, await covered(source), run, true);
  await write({ lastRunAt: now, nextRunAt: next });
  ports.log.info({ source: source.key, due, jobs: jobs.length, skipped }, 'backups were asked for by schedule');
}

function scheduled({ db }: Ports, { policies, classes }: Awaited<ReturnType<typeof loadSourceRows>>): Scheduled[] {
  const ofPolicies = policies.map((row) => ({
    source: toPolicySource(row),
    lastRunAt: row.lastRunAt,
    async write(data: Standing) {
      await db.backupPolicy.updateMany({ where: { id: row.id, nextRunAt: row.nextRunAt }, data });
    },
  }));
  const ofClasses = classes.map((row) => ({
    source: toClassSource(row),
    lastRunAt: row.lastRunAt,
    async write(data: Standing) {
      await db.dataClass.updateMany({ where: { name: row.name, nextRunAt: row.nextRunAt }, data });
    },
  }));
  return [...ofPolicies, ...ofClasses];
}
