import { createHash } from 'node:crypto';
import { projectOfAll } from '../access/roles.ts';
import type { AdmittedContext } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { enqueueJob, idOf, type JobRequest } from '../jobs/read.ts';
import { resolveRepository } from '../repositories/read.ts';
import { configurationOf, type WantedJob, type Where } from './configuration-of.ts';
import { type Candidate, candidatesOn, loadSources } from './cover-store.ts';
import { type CoverSource, type CoverSources, composeProjectsOf, coverageOf } from './coverage.ts';
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

/** One backup: of a volume, or of those of a Compose project that are to be at rest together. */
interface Unit {
  /** Tells it from others: `host/volume`, or `host/compose:project`. */
  readonly address: string;
  readonly host: string;
  readonly composeProject: string | null;
  readonly volumes: Pick<Candidate, 'name' | 'project'>[];
}

/**
 * Asks for a backup of each of these volumes, for a policy or class; where containers are brought to rest, of each Compose
 * project as one. The same `run` asks for the same jobs, however often it is repeated. One whose last backup for it is still
 * under way is left: what hangs must not pile up.
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
  const copyTo = [...(source.copyTo ?? repository.copyTo)];
  const jobs: string[] = [];
  const skipped: string[] = [];
  const busy = await underWay(db, source.key);
  const where = { repositoryId: repository.id, copyTo, source: source.key };
  const configuration = await configurationOf(context, source, volumes, where);
  skipped.push(...configuration.skipped);
  for (const { address, request } of [...backupsOf(source, volumes, where), ...configuration.wanted]) {
    const id = idOf(`${source.key}/${run}/${address}`);
    const other = busy.get(address);
    if (other !== undefined && other !== id) {
      skipped.push(`${address}: job ${other} is still under way`);
      continue;
    }
    const times = timesOf(source, withJitter ? jitterOf(source, address) : 0);
    jobs.push((await enqueueJob({ ...context, onceId: id }, { ...request, ...times })).id);
  }
  return { policy: source.name, jobs, skipped };
}

/** What goes on while it is read, or dumps itself, has no common moment: each volume is for itself then. */
function unitsOf({ consistency }: CoverSource, volumes: readonly Candidate[]): Unit[] {
  const isGrouped = consistency !== 'live' && consistency !== 'dump';
  const units = new Map<string, Unit>();
  for (const volume of volumes) {
    const { host, name } = volume;
    const [composeProject = null] = isGrouped ? composeProjectsOf(volume) : [];
    const address = `${host}/${composeProject === null ? name : `compose:${composeProject}`}`;
    const known = units.get(address)?.volumes ?? [];
    units.set(address, { address, host, composeProject, volumes: [...known, { name, project: volume.project }] });
  }
  return [...units.values()];
}

function backupsOf(source: CoverSource, volumes: readonly Candidate[], where: Where): WantedJob[] {
  return unitsOf(source, volumes).map((unit) => ({ address: unit.address, request: requestFor(unit, source, where) }));
}

function requestFor(
  { host, composeProject, volumes }: Unit,
  { consistency, hooks }: CoverSource,
  where: Where,
): JobRequest {
  const own = { ...where, consistency, hooks: [...hooks] };
  const project = projectOfAll(volumes);
  if (composeProject !== null)
    return { kind: 'group_backup', host, volume: null, project, input: { ...own, composeProject, volumes } };
  return { kind: 'volume_backup', host, volume: volumes[0]?.name ?? null, project, input: own };
}

function timesOf({ startWindowSeconds, completionWindowSeconds }: CoverSource, delaySeconds: number) {
  const dueAt = Date.now() + delaySeconds * 1000;
  return {
    runAfter: new Date(dueAt),
    ...(startWindowSeconds === null ? {} : { startBefore: new Date(dueAt + startWindowSeconds * 1000) }),
    ...(completionWindowSeconds === null ? {} : { limitSeconds: completionWindowSeconds }),
  };
}

/** Jobs of this source that have not ended, by address of what they back up. */
async function underWay(db: Reader, key: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db.$queryRaw<{ id: string; address: string }[]>`
    select id::text as id, host || '/' || case kind
      when 'configuration_backup' then 'configuration:' || (input->>'composeProject')
      when 'image_backup' then 'image:' || (input->>'imageId')
      else coalesce(volume, 'compose:' || (input->>'composeProject')) end as address from jobs
    where kind in ('volume_backup', 'group_backup', 'configuration_backup', 'image_backup') and state in ('queued', 'running') and input->>'source' = ${key}`;
  return new Map(rows.map(({ id, address }) => [address, id]));
}

/** Seconds; always the same for a volume, so that its backups are as far apart as the schedule says. */
function jitterOf({ key, jitterSeconds }: CoverSource, address: string): number {
  return createHash('sha256').update(`${key}/${address}`).digest().readUInt32BE() % (jitterSeconds + 1);
}
