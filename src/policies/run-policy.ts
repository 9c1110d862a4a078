import { createHash } from 'node:crypto';
import type { AdmittedContext } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { enqueueJob, idOf } from '../jobs/read.ts';
import { resolveRepository } from '../repositories/read.ts';
import { type Candidate, candidatesOn, loadSources } from './cover-store.ts';
import { type CoverSource, type CoverSources, coverageOf } from './coverage.ts';
import type { PolicyRun } from './model.ts';
import { type PolicyRow, toPolicySource } from './store.ts';

/** Asks for a backup of each volume that a policy covers now; one that is disabled is taken as if it were not. */
export async function runNow(context: AdmittedContext, row: PolicyRow): Promise<PolicyRun> {
  const { ports, onceId } = context;
  const source = toPolicySource(row);
  const known = await loadSources(ports.db);
  const sources = row.isEnabled ? known : { ...known, policies: [...known.policies, source] };
  const volumes = coveredBy(await candidatesOn(ports.db, ports.engines.names()), sources, source);
  return await askForBackups(context, source, volumes, onceId, false);
}

/** Those of the volumes that a policy or a class covers. */
export function coveredBy(volumes: readonly Candidate[], sources: CoverSources, { key }: CoverSource): Candidate[] {
  return volumes.filter((volume) => coverageOf(volume, sources).sources.some((source) => source.key === key));
}

/**
 * Asks for a backup of each of these volumes, for a policy or class. The same `run` asks for the same jobs, however often it
 * is repeated. One whose last backup for it is still under way is left: what hangs must not pile up.
 */
export async function askForBackups(
  context: AdmittedContext,
  source: CoverSource,
  volumes: readonly Candidate[],
  run: string,
  withJitter: boolean,
): Promise<PolicyRun> {
  const { db } = context.ports;
  const repository = await resolveRepository(db, source.repositoryId ?? undefined);
  const jobs: string[] = [];
  const skipped: string[] = [];
  const busy = await underWay(db, source.key);
  for (const { host, name, project } of volumes) {
    const address = `${host}/${name}`;
    const id = idOf(`${source.key}/${run}/${address}`);
    const other = busy.get(address);
    if (other !== undefined && other !== id) {
      skipped.push(`${address}: job ${other} is still under way`);
      continue;
    }
    const input = {
      repositoryId: repository.id,
      copyTo: [...(source.copyTo ?? repository.copyTo)],
      source: source.key,
    };
    const delay = withJitter ? jitterOf(source, address) : 0;
    const request = { kind: 'volume_backup', host, volume: name, project, input } as const;
    const runAfter = new Date(Date.now() + delay * 1000);
    jobs.push((await enqueueJob({ ...context, onceId: id }, { ...request, runAfter })).id);
  }
  return { policy: source.name, jobs, skipped };
}

/** Jobs of this source that have not ended, by address of the volume. */
async function underWay(db: Reader, key: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db.$queryRaw<{ id: string; address: string }[]>`
    select id::text as id, host || '/' || volume as address from jobs
    where kind = 'volume_backup' and state in ('queued', 'running') and input->>'source' = ${key}`;
  return new Map(rows.map(({ id, address }) => [address, id]));
}

/** Seconds; always the same for a volume, so that its backups are as far apart as the schedule says. */
function jitterOf({ key, jitterSeconds }: CoverSource, address: string): number {
  return createHash('sha256').update(`${key}/${address}`).digest().readUInt32BE() % (jitterSeconds + 1);
}
