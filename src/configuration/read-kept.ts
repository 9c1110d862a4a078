import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { streamOutput } from '../jobs/helper-run.ts';
import { openRepository } from '../repositories/read.ts';
import { repositoryAccess, resticHelper } from '../restic/repository-access.ts';
import { dumpFolderCommand } from '../restic/stream-commands.ts';
import type { Snapshot } from '../snapshots/model.ts';
import { type Configuration, configurationIn } from './snapshot-files.ts';
import { readTar } from './tar-files.ts';

/** The definitions that a snapshot holds. Throws `snapshot_unsuitable`, and `helper_failed` when the repository cannot be read. */
export async function readKept(
  engine: Engine,
  job: RunningJob,
  { id, path, repositoryId, configuration }: Snapshot,
): Promise<Omit<Configuration, 'composeFiles'>> {
  if (configuration === null) throw fail('snapshot_unsuitable', `Snapshot ${id.slice(0, 8)} holds no definitions.`);
  const access = repositoryAccess(await openRepository(job.ports, repositoryId), false);
  const spec = resticHelper(access, dumpFolderCommand(id, path), { capabilities: [] });
  const { secrets } = access;
  return configurationIn(await readTar(await streamOutput(engine, job, { step: 'read', spec, secrets })));
}
