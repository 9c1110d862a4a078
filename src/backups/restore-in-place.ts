import type { Engine } from '../engine/engine.ts';
import { fail, messageOf } from '../errors.ts';
import { type RunningJob, regardlessOfStop } from '../jobs/handler.ts';
import { isLeftToOthers } from '../jobs/read.ts';
import { type OpenRepository, prepareStep } from '../repositories/read.ts';
import { volumePath } from '../restic/commands.ts';
import { containersAbout } from '../volumes/read.ts';
import { type Restorable, type Restored, restoreInto, restoreStep } from './restore-step.ts';
import { prepareSnapshot, suffixOf, takeSnapshot } from './take-snapshot.ts';
import { type Rested, requireNoneRuns, whileAtRest } from './while-at-rest.ts';

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
  const items = wished.map((one, index) => ({ ...one, suffix: suffixOf(index, wished.length) }));
  const names = new Set(items.map(({ volume }) => volume));
  const prepare = async () => {
    for (const { volume, project, snapshot, suffix } of items) {
      const named = { step: `before_restore${suffix}`, project };
      await prepareSnapshot(engine, job, repository, volume, 'before_restore', named);
      await prepareStep(engine, job, repository, restoreStep(job, snapshot, volume, `restore${suffix}`).step);
    }
  };
  const containers = () => containersAbout(engine, names);
  const rest = { by: 'stop', containers, prepare } as const;
  return await whileAtRest(engine, job, rest, async () => {
    const safe: (Item & { safety: Restorable })[] = [];
    for (const item of items) {
      const id = await safetyCopy(engine, job, repository, item);
      safe.push({ ...item, safety: { id, path: volumePath(job.host, item.volume) } });
    }
    if (job.memory[`undo-${job.attempt}`] === undefined) requireNoneRuns(await containers());
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
  // Once an attempt has begun to write and has not set all back, what is there may be half of each.
  const remembered = job.memory[keptKey(suffix)] ?? job.memory[key];
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
    await job.remember(Object.fromEntries(items.map(({ suffix, safety }) => [keptKey(suffix), safety.id])));
    if (typeof job.memory[undoKey] === 'string') throw fail('restore_failed', job.memory[undoKey]);
    for (const { volume, snapshot, safety, suffix } of items) {
      const restored = await restoreInto(engine, job, repository, snapshot, volume, `restore${suffix}`);
      done.push({ volume, snapshot: snapshot.id, safetySnapshot: safety.id, ...restored });
    }
    return done;
  } catch (error) {
    if (isLeftToOthers(job, error)) throw error;
    await job.remember({ [undoKey]: messageOf(error) });
    await undoAll(engine, job, repository, items);
    throw error;
  }
}

/** Sets all back, whatever becomes of one. Throws `restore_failed` with those that could not be. */
async function undoAll(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  items: readonly (Item & { safety: Restorable })[],
): Promise<void> {
  const failures: string[] = [];
  for (const { volume, safety, suffix } of items) {
    const short = safety.id.slice(0, 8);
    await job.log('warn', `The restore did not end well; setting volume "${volume}" back to snapshot ${short}.`);
    try {
      await restoreInto(engine, regardlessOfStop(job), repository, safety, volume, `undo${suffix}`);
    } catch (error) {
      if (isLeftToOthers(job, error)) throw error;
      failures.push(`volume "${volume}" (snapshot ${short}): ${messageOf(error)}`);
    }
  }
  if (failures.length > 0)
    throw fail(
      'restore_failed',
      `What was there before could not be brought back; restore it by hand: ${failures.join('; ')}`,
    );
  await job.remember(Object.fromEntries(items.map(({ suffix }) => [keptKey(suffix), null])));
  await job.log('info', 'All is as it was before the restore.');
}

function keptKey(suffix: string): string {
  return `keptSafety${suffix}`;
}
