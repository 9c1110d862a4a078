import { serverOf, takeDump, untilReady } from '../databases/read.ts';
import type { Engine } from '../engine/engine.ts';
import { isFailure } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import type { OpenRepository } from '../repositories/read.ts';
import { suffixOf, type TakenSnapshot, takeSnapshot } from './take-snapshot.ts';

const readySeconds = 60;

/** Volumes of which those of databases are dumped. */
export interface DumpedVolumes {
  readonly volumes: readonly { readonly name: string; readonly project: string | null }[];
  /** The one database that the dump is to hold. */
  readonly database?: string | undefined;
}

/**
 * Has the databases of volumes write dumps. Of several volumes those that belong to no database are read as they are; a single one
 * must belong to one. Throws `database_not_found`, `container_not_running`, `database_not_ready` and `dump_failed`.
 */
export async function takeDumps(
  engine: Engine,
  job: RunningJob,
  repository: OpenRepository,
  { volumes, database }: DumpedVolumes,
): Promise<TakenSnapshot[]> {
  const taken: TakenSnapshot[] = [];
  for (const [index, { name, project }] of volumes.entries()) {
    const isOne = volumes.length === 1;
    const step = `backup${suffixOf(index, volumes.length)}`;
    const server = await serverOf(engine, name).catch((error: unknown) => {
      if (isOne || !isFailure(error, 'database_not_found')) throw error;
      return null;
    });
    if (server === null) {
      taken.push(await takeSnapshot(engine, job, repository, name, 'backup', { step, project }));
      continue;
    }
    await untilReady(engine, server, readySeconds, job.signal);
    const wish = { server, database: database ?? null, volume: name, project, reason: 'backup', step } as const;
    taken.push({ ...(await takeDump(engine, job, repository, wish)), unreadable: [] });
  }
  return taken;
}
