import Value from 'typebox/value';
import { endsJob, type RunningJob } from '../jobs/handler.ts';
import { helperName } from '../jobs/helper-run.ts';
import { openRepository, runRestic } from '../repositories/read.ts';
import { snapshotsCommand } from '../restic/commands.ts';
import { exitFailure } from '../restic/exit.ts';
import { T } from '../schema.ts';
import { removeSnapshot } from '../snapshots/read.ts';

/** Name of the helper's step that takes snapshots off the list of a repository. */
export const forgetStep = 'forget';

const Memory = T.Object({ leaving: T.Array(T.String()), gone: T.Optional(T.Array(T.String())) });

/** Written down before restic is asked: whoever takes over cannot tell from the catalogue how far it came. */
export async function noteLeaving(job: RunningJob, snapshots: readonly string[]): Promise<void> {
  await job.remember({ leaving: snapshots });
}

/**
 * What a worker that died, or an attempt that failed, has taken off the list of the repository goes out of the catalogue,
 * whatever is to become of the rest: a hold that came too late keeps nothing. Gives all snapshots that went so.
 */
export async function settleForgotten(job: RunningJob, repositoryId: string): Promise<string[]> {
  if (!Value.Check(Memory, job.memory)) return [];
  const { leaving, gone = [] } = job.memory;
  if (leaving.length === 0) return gone;
  await awaitForgetting(job);
  const present = await listed(job, repositoryId);
  const absent = leaving.filter((id) => !present.has(id));
  for (const id of absent) await removeSnapshot(job.ports.db, id);
  const all = [...new Set([...gone, ...absent])];
  await job.remember({ leaving: [], gone: all });
  return all;
}

/** What the helper of the worker before does is over, and the name of its step is free for what goes after all. */
async function awaitForgetting(job: RunningJob): Promise<void> {
  const engine = job.ports.engines.get(job.host);
  const helper = await engine.findHelper(helperName(job, forgetStep));
  if (helper === null) return;
  try {
    if (helper.state === 'running') await engine.waitHelper(helper.id, job.signal);
  } finally {
    if (!job.signal.aborted || endsJob(job.signal)) await engine.removeHelper(helper.id);
  }
}

async function listed(job: RunningJob, repositoryId: string): Promise<ReadonlySet<string>> {
  const repository = await openRepository(job.ports, repositoryId);
  const found = new Set<string>();
  const { exitCode, complaints } = await runRestic(job.ports.engines.get(job.host), job, repository, {
    step: 'left',
    command: snapshotsCommand(),
    capabilities: [],
    mounts: [],
    reads: true,
    onMessage(message) {
      if (message.kind === 'snapshot') found.add(message.snapshot.id);
    },
  });
  if (exitCode !== 0) throw exitFailure('list', exitCode, complaints);
  return found;
}
