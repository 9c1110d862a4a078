import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { isStarted } from '../jobs/read.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { OpenRepository } from '../repositories/read.ts';
import { countAsFirstPass } from '../snapshots/read.ts';
import { containersMounting, containersWriting } from '../volumes/read.ts';
import { hooksFor } from './hooks.ts';
import type { BackupHook, Consistency } from './model.ts';
import { type DumpedVolumes, takeDumps } from './take-dumps.ts';
import { prepareSnapshot, suffixOf, type TakenSnapshot, takeSnapshot } from './take-snapshot.ts';
import { requireNoneRuns, whileAtRest } from './while-at-rest.ts';

/** Volumes that are backed up as of one moment. */
export interface ConsistentWish extends DumpedVolumes {
  readonly consistency: Consistency;
  readonly hooks: readonly BackupHook[];
}

/** A snapshot of each volume, in the order asked for. */
export interface ConsistentSnapshots {
  readonly taken: readonly TakenSnapshot[];
  /** Names of containers that were stopped or paused. */
  readonly containers: readonly string[];
  readonly outageSeconds: number;
}

/** Helpers that work at a time while containers are at rest. */
const concurrency = 4;

/**
 * Backs volumes up as of one moment: in a first pass while their containers go on, and what has changed by then in a second one
 * while those that can write are at rest. Without any, one pass does. Throws `consistency_lost` when a container has begun to
 * write meanwhile, `hook_failed`, and what {@link takeSnapshot} throws.
 */
export async function takeConsistently(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  wish: ConsistentWish,
): Promise<ConsistentSnapshots> {
  const { volumes, consistency, hooks: wished } = wish;
  const names = volumes.map(({ name }) => name);
  const stepOf = (index: number) => ({
    step: `backup${suffixOf(index, volumes.length)}`,
    project: volumes[index]?.project ?? null,
  });
  const takeAll = () =>
    mapConcurrently(names, concurrency, (name, index) =>
      takeSnapshot(engine, job, repository, name, 'backup', stepOf(index)),
    );
  if (consistency === 'dump')
    return { taken: await takeDumps(engine, job, repository, wish), containers: [], outageSeconds: 0 };
  if (consistency === 'live') return { taken: await takeAll(), containers: [], outageSeconds: 0 };

  const all = new Set(names);
  const writers = () => containersWriting(engine, all);
  if (job.restartNote === null && (await writers()).some(isStarted))
    await firstPasses(engine, job, repository, volumes);
  const hooks = hooksFor(engine, job, wished, await containersMounting(engine, all));
  if (consistency === 'hook' && hooks.after.length === 0 && !hooks.hasBefore)
    throw fail(
      'hook_failed',
      `No running container of ${names.join(', ')} has a hook; the backup would be no better than a live one.`,
    );
  const prepare = async () => {
    for (const [index, name] of names.entries())
      await prepareSnapshot(engine, job, repository, name, 'backup', stepOf(index));
  };
  const rest = { by: consistency, containers: writers, hooks, prepare };
  const { result, ...rested } = await whileAtRest(engine, job, rest, async () => {
    const taken = await takeAll();
    if (consistency !== 'hook') await requireRest(job, taken, writers);
    return taken;
  });
  return { taken: result, ...rested };
}

/** Throws `backup_partial` when something could not be read. */
export function requireComplete(taken: readonly (TakenSnapshot & { readonly volume: string })[]): void {
  const partial = taken.filter(({ unreadable }) => unreadable.length > 0);
  if (partial.length === 0) return;
  const named = partial.map(
    ({ id, volume, unreadable }) =>
      `snapshot ${id.slice(0, 8)} of volume "${volume}" is kept as partial; ${unreadable.length} entries could not be read: ${unreadable.slice(0, 5).join('; ')}`,
  );
  throw fail('backup_partial', named.join('. '));
}

/** What they read is not read again by the second ones; where a backup ends badly they are there. */
async function firstPasses(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  volumes: ConsistentWish['volumes'],
): Promise<void> {
  for (const [index, { name, project }] of volumes.entries()) {
    const step = `first_pass${suffixOf(index, volumes.length)}`;
    const key = `${step}-${job.attempt}`;
    if (job.memory[key] !== undefined) continue;
    const { id } = await takeSnapshot(engine, job, repository, name, 'first_pass', { step, project });
    await job.remember({ [key]: id });
  }
}

/** What was not at rest counts as no backup. Throws `consistency_lost`. */
async function requireRest(
  { ports }: RunningJob,
  taken: readonly TakenSnapshot[],
  writers: () => Promise<EngineContainer[]>,
): Promise<void> {
  try {
    requireNoneRuns(await writers());
  } catch (error) {
    await countAsFirstPass(
      ports.db,
      taken.map(({ id }) => id),
    );
    throw error;
  }
}
