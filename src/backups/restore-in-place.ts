import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import { type RunningJob, regardlessOfStop } from '../jobs/handler.ts';
import { type OpenRepository, prepareStep } from '../repositories/read.ts';
import { volumePath } from '../restic/commands.ts';
import { containersMounting } from '../volumes/read.ts';
import { type Restorable, type Restored, restoreInto, restoreStep } from './restore-step.ts';
import { snapshotStep, takeSnapshot } from './take-snapshot.ts';
import { isLeftToOthers, type Rested, whileAtRest } from './while-at-rest.ts';

/** A volume that is set back to a snapshot. */
export interface InPlace {
  readonly volume: string;
  readonly project: string | null;
  readonly snapshot: Restorable;
}

/** What became of it. */
export interface RestoredInPlace extends Restored {
  readonly volume: string;
  readonly snapshot: string;
  /** What was there before. */
  readonly safetySnapshot: string;
}

/** A volume of several, with the names of its steps. */
interface Item extends InPlace {
  readonly suffix: string;
}

/**
 * Sets volumes back to snapshots. Their containers are stopped, what is there is backed up, only what differs is
 * written, and what ran before runs again, whatever happens. A restore that fails half-way is undone from that backup, in
 * all of them.
 */
export async function restoreInPlace(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  wished: readonly InPlace[],
): Promise<Rested<RestoredInPlace[]>> {
  const items = wished.map((one, index) => ({ ...one, suffix: wished.length === 1 ? '' : `-${index + 1}` }));
  const names = new Set(items.map(({ volume }) => volume));
  const prepare = async () => {
    for (const { volume, project, snapshot, suffix } of items) {
      const safety = snapshotStep(job, volume, 'before_restore', { step: `before_restore${suffix}`, project });
      await prepareStep(engine, job, repository, safety.step);
      await prepareStep(engine, job, repository, restoreStep(job, snapshot, volume, `restore${suffix}`).step);
    }
  };
  const rest = { by: 'stop', containers: () => containersMounting(engine, names), prepare } as const;
  return await whileAtRest(engine, job, rest, async () => {
    const safe: (Item & { safety: Restorable })[] = [];
    for (const item of items) {
      const id = await safetyCopy(engine, job, repository, item);
      safe.push({ ...item, safety: { id, path: volumePath(job.host, item.volume) } });
    }
    return await restoreOrUndo(engine, job, repository, safe);
  });
}

/** The snapshot of what is there. One with unreadable files could not bring everything back, so the restore is refused. */
async function safetyCopy(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  { volume, project, suffix }: Item,
): Promise<string> {
  const key = `safety${suffix}-${job.attempt}`;
  const remembered = job.memory[key];
  if (typeof remembered === 'string') return remembered;
  const named = { step: `before_restore${suffix}`, project };
  const taken = await takeSnapshot(engine, job, repository, volume, 'before_restore', named);
  if (taken.unreadable.length > 0)
    throw fail(
      'backup_partial',
      `What is in volume "${volume}" could not be backed up completely, so nothing was restored: ${taken.unreadable.slice(0, 5).join('; ')}`,
    );
  await job.remember({ [key]: taken.id });
  return taken.id;
}

async function restoreOrUndo(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  items: readonly (Item & { safety: Restorable })[],
): Promise<RestoredInPlace[]> {
  const undoKey = `undo-${job.attempt}`;
  const done: RestoredInPlace[] = [];
  try {
    if (typeof job.memory[undoKey] === 'string') throw fail('restore_failed', job.memory[undoKey]);
    for (const { volume, snapshot, safety, suffix } of items) {
      const restored = await restoreInto(engine, job, repository, snapshot, volume, `restore${suffix}`);
      done.push({ volume, snapshot: snapshot.id, safetySnapshot: safety.id, ...restored });
    }
    return done;
  } catch (error) {
    if (isLeftToOthers(job, error)) throw error;
    await job.remember({ [undoKey]: error instanceof Error ? error.message : String(error) });
    for (const { volume, safety, suffix } of items) {
      await job.log(
        'warn',
        `The restore did not end well; setting volume "${volume}" back to what was there (snapshot ${safety.id.slice(0, 8)}).`,
      );
      await restoreInto(engine, regardlessOfStop(job), repository, safety, volume, `undo${suffix}`);
    }
    await job.log('info', 'All is as it was before the restore.');
    throw error;
  }
}
