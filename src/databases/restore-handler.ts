import Value from 'typebox/value';
import { allowedFor, snapshotLock, volumeLock } from '../backups/read.ts';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import { type JobHandler, type RunningJob, regardlessOfStop } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { isLeftToOthers } from '../jobs/read.ts';
import { type OpenRepository, openRepository, readyRepository, repositoryLock } from '../repositories/read.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { fromArchive, fromSnapshot } from './dump-sources.ts';
import { type FoundServer, recogniseOne } from './find-server.ts';
import { DatabaseRestoreInput } from './job-input.ts';
import { DatabaseName } from './model.ts';
import { type DumpSource, type LoadWish, loadDump } from './restore-dump.ts';
import { hasDatabase, untilReady } from './run-script.ts';
import { type TakenDump, takeDump } from './take-dump.ts';

const readySeconds = 120;
const startedKey = 'started';

/** Lets a database read a dump in place of what it holds. What it holds is dumped first, and read again should that fail. */
export const databaseRestoreHandler: JobHandler = {
  locks(job) {
    const { repositoryId, snapshot } = Value.Parse(DatabaseRestoreInput, job.input);
    const volume = job.volume === null ? [] : [volumeLock(job.host, job.volume)];
    const source = snapshot === undefined ? [] : [snapshotLock(snapshot)];
    return [...volume, ...source, repositoryLock(job, repositoryId)];
  },
  authorize: allowedFor('administer'),
  run: restore,
};

async function restore(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const input = Value.Parse(DatabaseRestoreInput, job.input);
  const engine = job.ports.engines.get(job.host);
  const repository = await readyRepository(engine, job, await openRepository(job.ports, input.repositoryId));
  const { source, wish } = await wishOf(engine, job, input, repository);
  await startServer(engine, job, wish.server);
  let safety: TakenDump | null;
  try {
    await untilReady(engine, wish.server, readySeconds, job.signal);
    safety = await safetyDump(engine, job, repository, wish);
    await loadOrUndo(engine, job, repository, { source, wish, safety });
  } catch (error) {
    if (!isLeftToOthers(job, error)) await stopServer(engine, job, wish.server);
    throw error;
  }
  await stopServer(engine, job, wish.server);
  return {
    ...(input.snapshot === undefined ? {} : { snapshot: input.snapshot }),
    ...(job.volume === null ? {} : { volume: job.volume }),
    ...(safety === null ? {} : { safetySnapshot: safety.id }),
    seconds: (Date.now() - startedAt) / 1000,
  };
}

async function wishOf(
  engine: Engine,
  job: RunningJob,
  { container: id, snapshot: snapshotId, archive, database }: DatabaseRestoreInput,
  repository: OpenRepository,
): Promise<{ source: DumpSource; wish: LoadWish }> {
  const container = await engine.findContainer(id);
  const server = container === null ? null : await recogniseOne(engine, container);
  if (server === null || server.volume !== job.volume)
    throw fail('database_not_found', `The database is not on host "${job.host}" any more; nothing was done.`);
  if (snapshotId === undefined) {
    if (archive === undefined) throw new Error('The job names neither a snapshot nor an archive.');
    return { source: fromArchive(archive), wish: { server, verb: 'load', database, source: null } };
  }
  const snapshot = await findSnapshot(job.ports.db, snapshotId);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${snapshotId}" any more.`);
  const source = snapshot.dump?.database ?? null;
  // It comes from a tag, which whoever writes into the repository may have made up, and goes into the scripts.
  if (source !== null && !Value.Check(DatabaseName, source))
    throw fail('snapshot_unsuitable', `"${source}" is no name of a database that Stowage makes; nothing was done.`);
  return {
    source: fromSnapshot(repository, snapshot.id, snapshot.paths[0] ?? snapshot.path, 'restore'),
    wish: { server, verb: 'restore', database: database ?? source, source },
  };
}

/** One that does not run is started for the restore; that it is to be stopped again is written down before. */
async function startServer(engine: Engine, job: RunningJob, { container }: FoundServer): Promise<void> {
  if (container.state === 'running') return;
  await job.remember({ [startedKey]: true });
  await job.log('info', `Starting ${container.name}.`);
  await engine.startContainer(container.id);
}

async function stopServer(engine: Engine, job: RunningJob, { container }: FoundServer): Promise<void> {
  if (job.memory[startedKey] !== true) return;
  await engine.stopContainer(container.id);
  await job.remember({ [startedKey]: false });
  await job.log('info', `${container.name} is stopped again.`);
}

/** What is there, of all that the restore replaces; null where it makes a database that is not there yet. */
async function safetyDump(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  { server, database }: LoadWish,
): Promise<TakenDump | null> {
  const { volume } = job;
  if (volume === null) throw fail('database_not_found', 'The data of the database lies in no volume.');
  const key = `safety-${job.attempt}`;
  const remembered = job.memory[key];
  if (remembered !== undefined) return remembered as TakenDump | null;
  const isThere = database === null || (await hasDatabase(engine, server, database));
  const wish = {
    server,
    database,
    volume,
    project: job.project,
    reason: 'before_restore',
    step: 'before_restore',
  } as const;
  const taken = isThere ? await takeDump(engine, job, repository, wish) : null;
  await job.remember({ [key]: taken });
  return taken;
}

async function loadOrUndo(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  { source, wish, safety }: { source: DumpSource; wish: LoadWish; safety: TakenDump | null },
): Promise<void> {
  try {
    await loadDump(engine, job, source, wish);
  } catch (error) {
    if (isLeftToOthers(job, error)) throw error;
    if (safety === null) throw error;
    await job.log(
      'warn',
      `The restore did not end well; the database reads what it held before (snapshot ${safety.id.slice(0, 8)}).`,
    );
    const whole = await findSnapshot(job.ports.db, safety.id);
    const file = whole?.paths[0] ?? '';
    const { database } = safety.dump;
    const undo = fromSnapshot(repository, safety.id, file, 'undo');
    await loadDump(engine, regardlessOfStop(job), undo, {
      server: wish.server,
      verb: 'restore',
      database,
      source: database,
    });
    await job.log('info', 'The database holds what it held before the restore.');
    throw error;
  }
}
