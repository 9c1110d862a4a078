import type { Config } from '../config.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { type Candidate, coverageOf, loadCandidates, loadSources, type Retention } from '../policies/read.ts';
import { anomalyOf, neededSnapshots, recentBackups } from '../snapshots/read.ts';
import { judgeRetention, type Retained, type RetentionFacts } from './judge-retention.ts';
import type { RetentionPlan } from './model.ts';

interface SnapshotRow extends Retained {
  readonly address: string;
  readonly repositoryId: string;
  readonly repository: string;
  /** Files, or the dumps of one database: each is counted for itself. */
  readonly chain: string;
  /** Why nothing can be removed from its repository. */
  readonly fixed: string | null;
}

/** What retention does with the snapshots of a volume. */
interface PlannedVolume {
  readonly volume: Candidate;
  readonly plan: RetentionPlan;
}

/** The plans of the volumes that all conditions (over `v`) are met by. A constant number of statements. */
export async function loadPlans(
  db: Reader,
  { undeleteHours }: Pick<Config, 'undeleteHours'>,
  conditions: readonly Prisma.Sql[],
  limit?: number,
): Promise<PlannedVolume[]> {
  const sources = await loadSources(db);
  const volumes = await loadCandidates(db, conditions, limit);
  const addresses = volumes.map(addressOf);
  const rows = await snapshotsOf(db, addresses);
  const byVolume = Map.groupBy(rows, ({ address }) => address);
  const needed = await neededSnapshots(
    db,
    rows.map(({ id }) => id),
  );
  const recent = await recentBackups(db, addresses);
  const letGo = await acknowledgedAnomalies(db, addresses);
  const now = new Date();
  return volumes.map((volume) => {
    const address = addressOf(volume);
    const coverage = coverageOf(volume, sources);
    const rules = rulesOf(coverage);
    const anomaly = letGo.has(address) ? null : anomalyOf(recent.get(address) ?? []);
    const facts = { rules, needed, undeleteSeconds: undeleteHours * 3600, now };
    return { volume, plan: planOf(volume, byVolume.get(address) ?? [], facts, anomaly) };
  });
}

/** The plan of one volume; null when there is no such volume. */
export async function loadPlan(
  db: Reader,
  config: Pick<Config, 'undeleteHours'>,
  host: string,
  name: string,
): Promise<PlannedVolume | null> {
  const [found] = await loadPlans(db, config, [Prisma.sql`v.host = ${host} and v.name = ${name}`]);
  return found ?? null;
}

function rulesOf({ sources, class: dataClass }: ReturnType<typeof coverageOf>): Retention[] {
  const own = sources.flatMap(({ keep }) => keep ?? dataClass?.keep ?? []);
  return own.length > 0 || dataClass === null ? own : [dataClass.keep];
}

function planOf(
  { host, name }: Candidate,
  rows: readonly SnapshotRow[],
  facts: Omit<RetentionFacts, 'obstacle'>,
  anomaly: string | null,
): RetentionPlan {
  const heldBack =
    anomaly === null ? null : `${anomaly} Acknowledge the finding BKP-006 of the volume where that is as it should be.`;
  const items = [...Map.groupBy(rows, ({ repositoryId, chain }) => `${repositoryId} ${chain}`).values()].flatMap(
    (ofRepository) => {
      const obstacle = heldBack ?? ofRepository[0]?.fixed ?? null;
      return judgeRetention(ofRepository, { ...facts, obstacle }).map(({ id, takenAt, isKept, reasons, ...row }) => ({
        snapshot: id,
        repositoryId: row.repositoryId,
        repository: row.repository,
        takenAt: takenAt.toISOString(),
        reason: row.reason,
        state: row.state,
        action: isKept ? ('keep' as const) : ('remove' as const),
        why: reasons,
      }));
    },
  );
  const remove = items.filter(({ action }) => action === 'remove').length;
  return { host, volume: name, rules: [...facts.rules], heldBack, keep: items.length - remove, remove, items };
}

function addressOf({ host, name }: Candidate): string {
  return `${host}/${name}`;
}

/** Those of an earlier volume of the same name, in another project, are left out: they are not known to be of this one. */
async function snapshotsOf(db: Reader, addresses: readonly string[]): Promise<SnapshotRow[]> {
  return await db.$queryRaw<SnapshotRow[]>`
    select s.host || '/' || s.volume as address, s.id, s.taken_at as "takenAt", s.reason, s.state,
      coalesce(s.dump_engine, 'files') || ' ' || coalesce(s.dump_database, '') as chain, r.id::text as "repositoryId", r.name as repository,
      case when r.read_only then 'Repository "' || r.name || '" is only read.'
        when r.append_only then 'Nothing can be removed from repository "' || r.name || '": it is append-only.' end as fixed
    from volumes v join snapshots s on s.host = v.host and s.volume = v.name and s.project is not distinct from v.project
    join repositories r on r.id = s.repository_id
    where (v.host || '/' || v.name) = any(${[...addresses]}::text[])
    order by address, r.name, s.taken_at desc, s.id desc`;
}

/** Volumes of which somebody has said that what looks like a loss is none. */
async function acknowledgedAnomalies(db: Reader, addresses: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ address: string }[]>`
    select host || '/' || volume as address from findings
    where rule = 'BKP-006' and state = 'acknowledged' and active_key is not null
      and (acknowledged_until is null or acknowledged_until > now()) and (host || '/' || volume) = any(${[...addresses]}::text[])`;
  return new Set(rows.map(({ address }) => address));
}
