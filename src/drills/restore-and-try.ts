import { fillNewVolume, restoreInto } from '../backups/read.ts';
import { type TriedServer, tryServer } from '../databases/read.ts';
import type { Engine } from '../engine/engine.ts';
import { type RunningJob, stopReason } from '../jobs/handler.ts';
import { removeHelpersOf } from '../jobs/helper-run.ts';
import { openRepository } from '../repositories/read.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { refreshVolume } from '../volumes/read.ts';
import type { DrillServer } from './model.ts';
import { planTrial, type TrialPlan } from './plan-trial.ts';

/** What a drill has found out so far; it is filled as it goes on, for one that fails as well. */
export interface DrillFindings {
  restoreSeconds: number | null;
  server: DrillServer | null;
  untriedWhy: string | null;
}

const databasesTold = 100;

/** The volume of a drill; it is there while the drill goes on. */
export function scratchVolume(job: Pick<RunningJob, 'id'>): string {
  return `stowage-drill-${job.id}`;
}

/**
 * Restores a snapshot into a volume of its own and, where the data is of a database, starts its server on it; removes the volume
 * and all that worked on it, whatever happens. Throws what the restore throws, and what {@link tryServer} throws.
 */
export async function restoreAndTry(
  job: RunningJob,
  snapshot: Snapshot,
  startedAt: number,
  findings: DrillFindings,
): Promise<void> {
  const engine = job.ports.engines.get(job.host);
  const name = scratchVolume(job);
  const repository = await openRepository(job.ports, snapshot.repositoryId);
  // Nobody is to take it for data: it belongs to no project, and anything that cleans up may take it.
  const spec = { name, driver: 'local', options: {}, labels: { 'stowage.role': 'drill' } };
  await fillNewVolume(engine, job, spec, async () => {
    await restoreInto(engine, job, repository, snapshot, name, 'drill');
    findings.restoreSeconds = (Date.now() - startedAt) / 1000;
    await tryWhatCame(engine, job, snapshot, name, findings);
  });
  if (stopReason(job.signal) === 'lost') return;
  await removeHelpersOf(job.ports, job.host, job.id);
  await engine.removeVolume(name);
  await refreshVolume(job.ports, job.host, name);
}

async function tryWhatCame(
  engine: Engine,
  job: RunningJob,
  snapshot: Snapshot,
  volume: string,
  findings: DrillFindings,
): Promise<void> {
  const plan = await planOf(engine, snapshot);
  if ('untriedWhy' in plan) {
    findings.untriedWhy = plan.untriedWhy;
  } else {
    const { engine: kind, image, imageId } = plan.trial;
    findings.server = { engine: kind, image, imageId, startSeconds: null, databases: [] };
    await job.log('info', `Starting a server of ${image} on what came back.`);
    keep(findings, findings.server, await tryServer(engine, job, volume, plan.trial));
  }
  if (findings.untriedWhy !== null) await job.log('warn', `No server was tried: ${findings.untriedWhy}`);
}

async function planOf(engine: Engine, snapshot: Snapshot): Promise<TrialPlan> {
  if (snapshot.server === null) return planTrial(snapshot, { images: new Set(), memoryBytes: 0 });
  const image = await engine.imageId(snapshot.server.imageId);
  const images = new Set(image === null ? [] : [image]);
  return planTrial(snapshot, { images, memoryBytes: (await engine.info()).memoryBytes });
}

function keep(findings: DrillFindings, server: DrillServer, tried: TriedServer): void {
  if ('untriedWhy' in tried) {
    findings.server = null;
    findings.untriedWhy = tried.untriedWhy;
    return;
  }
  const databases = tried.databases.slice(0, databasesTold).map((one) => ({ ...one }));
  findings.server = { ...server, startSeconds: tried.seconds, databases };
}
