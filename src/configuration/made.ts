import type { Engine } from '../engine/engine.ts';
import { messageOf } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';

/** Label of what a restore has made: the id of its job. */
export const restoredByLabel = 'stowage.restored-by';

/** The labels of something that a job makes. */
export function markedBy(
  job: Pick<RunningJob, 'id'>,
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  return { ...labels, [restoredByLabel]: job.id };
}

/**
 * Removes what a job has made, known by its label alone, also what a worker made that has died since; gives it as `kind/name`.
 * What somebody else has begun to use stays, and is told in the log of the job.
 */
export async function removeMade(engine: Engine, job: RunningJob): Promise<string[]> {
  const isMade = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    labels[restoredByLabel] === job.id;
  const removed: string[] = [];
  const remove = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
      removed.push(what);
    } catch (error) {
      await job.log('error', `${what}, which this job has made, is left: ${messageOf(error)}`);
    }
  };
  for (const { id, name } of (await engine.listContainers()).filter(isMade))
    await remove(`container/${name}`, () => engine.discardContainer(id));
  for (const { id, name } of (await engine.listNetworks()).filter(isMade))
    await remove(`network/${name}`, () => engine.removeNetwork(id));
  for (const { name } of (await engine.listVolumes()).filter(isMade))
    await remove(`volume/${name}`, () => engine.removeVolume(name));
  if (removed.length > 0) await job.log('info', `What was made has been removed again: ${removed.join(', ')}.`);
  return removed;
}
