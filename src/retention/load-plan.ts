import type { Config } from '../config.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { type Candidate, coverageOf, loadCandidates, loadSources, type Retention } from '../policies/read.ts';
import { anomalyOf, neededSnapshots, recentBackups } from '../snapshots/read.ts';
import { judgeRetention, type Retained, type RetentionFacts } from './judge-retention.ts';
import type { RetentionPlan } from './model.ts';

interface SnapshotRow extends Retained {
  /** Place in the list of those whose snapshots were asked for. */
  readonly owner: number;
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

/** Whose snapshots are judged. Those of an earlier volume of the same name, in another project, are not known to be of this one. */
export interface Owner {
  readonly host: string;
  readonly name: string;
  readonly project: string | null;
}

interface JudgedOwner extends Owner {
  readonly rules: readonly Retention[];
  readonly anomaly: string | null;
}

type Undelete = Pick<Config, 'undeleteHours'>;

/** The plans of the volumes that all conditions (over `v`) are met by. A constant number of statements. */
export async function loadPlans(
  db: Reader,
  config: Undelete,
  conditions: readonly Prisma.Sql[],
  limit?: number,
): Promise<PlannedVolume[]> {
  const sources = await loadSources(db);
  const volumes = await loadCandidates(db, conditions, limit);
  const addresses = volumes.map(addressOf);
  const recent = await recentBackups(db, addresses);
  const letGo = await acknowledgedAnomalies(db, addresses);
  const owners = volumes.map((volume): JudgedOwner => {
    const { host, name, project } = volume;
    const address = addressOf(volume);
    const anomaly = letGo.has(address) ? null : anomalyOf(recent.get(address) ?? []);
    return { host, name, project, rules: rulesOf(coverageOf(volume, sources)), anomaly };
  });
  return await plansOf(db, config, volumes, owners);
}

/** The plans of what volumes that are gone have left: no rule says how long their backups are kept, so only what was made for safety goes. A constant number of statements. */
export async function loadPlansOfRemains(
  db: Reader,
  config: Undelete,
  remains: readonly Owner[],
): Promise<{ readonly volume: Owner; readonly plan: RetentionPlan }[]> {
  const owners = remains.map((owner): JudgedOwner => ({ ...owner, rules: [], anomaly: null }));
  return await plansOf(db, config, remains, owners);
}

async function plansOf<Volume extends Owner>(
  db: Reader,
  { undeleteHours }: Undelete,
  volumes: readonly Volume[],
  owners: readonly JudgedOwner[],
): Promise<{ readonly volume: Volume; readonly plan: RetentionPlan }[]> {
  const rows = await snapshotsOf(db, owners);
  const byOwner = Map.groupBy(rows, ({ owner }) => owner);
  const needed = await neededSnapshots(
    db,
    rows.map(({ id }) => id),
  );
  const facts = { needed, undeleteSeconds: undeleteHours * 3600, now: new Date() };
  return owners.flatMap((owner, index) => {
    const volume = volumes[index];
    return volume === undefined ? [] : [{ volume, plan: planOf(owner, byOwner.get(index) ?? [], facts) }];
  });
}

/** The plan of one volume; null when there is no such volume. */
export async function loadPlan(
  db: Reader,
  config: Undelete,
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
  { host, name, rules, anomaly }: JudgedOwner,
  rows: readonly SnapshotRow[],
  facts: Omit<RetentionFacts, 'obstacle' | 'rules'>,
): RetentionPlan {
  const heldBack =
    anomaly === null ? null : `${anomaly} Acknowledge the finding BKP-006 of the volume where that is as it should be.`;
  const items = [...Map.groupBy(rows, ({ repositoryId, chain }) => `${repositoryId} ${chain}`).values()].flatMap(
    (ofRepository) => {
      const obstacle = heldBack ?? ofRepository[0]?.fixed ?? null;
      return judgeRetention(ofRepository, { ...facts, rules, obstacle }).map(
        ({ id, takenAt, isKept, reasons, ...row }) => ({
          snapshot: id,
          repositoryId: row.repositoryId,
          repository: row.repository,
          takenAt: takenAt.toISOString(),
          reason: row.reason,
          state: row.state,
          action: isKept ? ('keep' as const) : ('remove' as const),
          why: reasons,
        }),
      );
    },
  );
  const remove = items.filter(({ action }) => action === 'remove').length;
  return { host, volume: name, rules: [...rules], heldBack, keep: items.length - remove, remove, items };
}

function addressOf({ host, name }: Owner): string {
  return `${host}/${name}`;
}

async function snapshotsOf(db: Reader, owners: readonly Owner[]): Promise<SnapshotRow[]> {
  const list = JSON.stringify(owners.map(({ host, name, project }, owner) => ({ owner, host, name, project })));
  return await db.$queryRaw<SnapshotRow[]>`
    select o.owner, s.id, s.taken_at as "takenAt", s.reason, s.state,
      coalesce(s.dump_engine, 'files') || ' ' || coalesce(s.dump_database, '') as chain, r.id::text as "repositoryId", r.name as repository,
      case when r.read_only then 'Repository "' || r.name || '" is only read.'
        when r.append_only then 'Nothing can be removed from repository "' || r.name || '": it is append-only.' end as fixed
    from jsonb_to_recordset(${list}::jsonb) as o(owner int, host text, name text, project text)
    join snapshots s on s.host = o.host and s.volume = o.name and s.project is not distinct from o.project
    join repositories r on r.id = s.repository_id
    order by o.owner, r.name, s.taken_at desc, s.id desc`;
}

/** Volumes of which somebody has said that what looks like a loss is none. */
async function acknowledgedAnomalies(db: Reader, addresses: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ address: string }[]>`
    select host || '/' || volume as address from findings
    where rule = 'BKP-006' and state = 'acknowledged' and active_key is not null
      and (acknowledged_until is null or acknowledged_until > now()) and (host || '/' || volume) = any(${[...addresses]}::text[])`;
  return new Set(rows.map(({ address }) => address));
}
