import Value from 'typebox/value';
import { fail, isFailure, messageOf } from '../errors.ts';
import { type JobHandler, type RunningJob, regardlessOfStop } from '../jobs/handler.ts';
import { helperName } from '../jobs/helper-run.ts';
import type { JobResult } from '../jobs/model.ts';
import { isLeftToOthers } from '../jobs/read.ts';
import { exitFailure } from '../restic/exit.ts';
import { addKeyCommand, removeKeysCommand } from '../restic/key-commands.ts';
import { object, T } from '../schema.ts';
import { openRepository } from './open-repository.ts';
import { allowedForAll } from './repository-job.ts';
import { requireWritable } from './repository-reach.ts';
import { readyRepository, repositoryLock, runRestic } from './restic-step.ts';
import { exchangePasswords, keepSpare, openRotation, readPasswords } from './rotation-secrets.ts';
import { findRepositoryRow } from './store.ts';

const RotateInput = object({ repositoryId: T.String(), sealed: T.String() });

/** What a server says that lets nothing be removed. */
const refusals = ['repository_credentials_wrong', 'repository_not_writable', 'repository_append_only'] as const;

/**
 * Gives a repository a new password. Alone: whoever has been told the old one would find that it opens nothing any more. At every
 * moment the password that is stored opens the repository, and what else may open it is written down as the spare one.
 */
export const rotateHandler: JobHandler = {
  locks: (job) => [{ ...repositoryLock(job, Value.Parse(RotateInput, job.input).repositoryId), alone: true }],
  authorize: allowedForAll('administer'),
  run: rotate,
  achieved,
};

async function rotate(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { repositoryId: id, sealed } = Value.Parse(RotateInput, job.input);
  const next = openRotation(job.ports, id, sealed);
  requireWritable(await openRepository(job.ports, id));
  if ((await readPasswords(job.ports, id)).current !== next) await change(job, id, next);
  const why = await dropSpare(job, id, 'remove');
  if (why !== null) await job.log('warn', `The old password still opens the repository: ${why}`);
  return {
    oldKeyRemoved: why === null,
    ...(why === null ? {} : { oldKeyLeftWhy: why }),
    seconds: (Date.now() - startedAt) / 1000,
  };
}

/** What holds of one that was ended after the passwords had changed places. */
async function achieved(job: RunningJob): Promise<JobResult> {
  const { repositoryId: id, sealed } = Value.Parse(RotateInput, job.input);
  if ((await findRepositoryRow(job.ports.db, id)) === null) return {};
  const { current, spare } = await readPasswords(job.ports, id);
  if (current !== openRotation(job.ports, id, sealed)) return {};
  if (spare === null) return { oldKeyRemoved: true };
  return {
    oldKeyRemoved: false,
    oldKeyLeftWhy: 'the rotation ended before its key was removed; the next one removes it.',
  };
}

/** Makes `next` the password of the repository; when that fails it opens nothing. */
async function change(job: RunningJob, id: string, next: string): Promise<void> {
  const { current, spare } = await readPasswords(job.ports, id);
  try {
    // What another rotation has left.
    if (spare !== null && spare !== next) await dropSpare(job, id, 'remove_left');
    await keepSpare(job.ports, id, next);
    await addKey(job, id, next);
    await exchangePasswords(job.ports, id, { current, next });
    await job.log('info', 'The new password opens the repository, and is the one that is stored.');
  } catch (error) {
    if (!isLeftToOthers(job, error)) await undo(regardlessOfStop(job), id);
    throw error;
  }
}

async function addKey(job: RunningJob, id: string, next: string): Promise<void> {
  const repository = await ready(job, id);
  const found: { resticId: string | null } = { resticId: null };
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, {
    step: 'add',
    command: addKeyCommand(),
    capabilities: [],
    mounts: [],
    otherPassword: next,
    onMessage(message) {
      if (message.kind === 'config') found.resticId = message.config.id;
    },
  });
  if (exitCode !== 0) throw exitFailure('rotate', exitCode, complaints);
  const { resticId } = await openRepository(job.ports, id);
  if (found.resticId === null || found.resticId !== resticId)
    throw fail(
      'repository_mistaken',
      `The new password does not open repository "${repository.name}"; the old one stays.`,
    );
}

/** Removes the keys of the spare password, if there is one; gives why they stay, where nothing may be removed. */
async function dropSpare(job: RunningJob, id: string, step: string): Promise<string | null> {
  const { current, spare } = await readPasswords(job.ports, id);
  if (spare === null) return null;
  const why = spare === current ? null : await removeKeys(job, id, spare, step);
  await keepSpare(job.ports, id, null);
  return why;
}

async function removeKeys(job: RunningJob, id: string, spare: string, step: string): Promise<string | null> {
  const repository = await ready(job, id);
  if (repository.appendOnly) return 'nothing can be removed from the repository, for it is append-only.';
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, {
    step,
    command: removeKeysCommand(),
    capabilities: [],
    mounts: [],
    otherPassword: spare,
    onMessage: () => undefined,
  });
  if (exitCode === 0) return null;
  const failure = exitFailure('rotate', exitCode, complaints);
  if (refusals.some((code) => isFailure(failure, code))) return failure.message;
  throw failure;
}

/** Takes back a key that may have been added. Where that cannot be done now, the next rotation does it: the password is written down. */
async function undo(job: RunningJob, id: string): Promise<void> {
  try {
    const why = await dropSpare(job, id, 'undo');
    if (why !== null)
      await job.log('warn', `A password that was to be the new one opens the repository as well: ${why}`);
  } catch (error) {
    await job.log('warn', `What was begun is taken back by the next rotation: ${messageOf(error)}`);
  }
}

/** Without the lock that a helper of this very attempt may have left. */
async function ready(job: RunningJob, id: string) {
  const engine = job.ports.engines.get(job.host);
  const opened = await openRepository(job.ports, id);
  // One that has removed locks before would be taken for one that has removed this.
  if (opened.lockSuspected) await engine.removeHelper(helperName(job, 'unlock'));
  return await readyRepository(engine, job, opened);
}
