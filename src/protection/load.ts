import type { ProjectScope } from '../access/roles.ts';
import type { Prisma, Reader } from '../database/client.ts';
import type { RestoreDrill } from '../drills/model.ts';
import { lastDrills } from '../drills/read.ts';
import { type Candidate, coverageOf, loadCandidates, loadSources } from '../policies/read.ts';
import { seenVolumes } from '../shares/shared-with.ts';
import { anomalyOf, copiesOf, recentBackups } from '../snapshots/read.ts';
import type { DataClass } from '../volumes/model.ts';
import { judgeProtection, secondsBetween } from './judge-protection.ts';
import type { VolumeProtection } from './model.ts';
import { lastBackups, lastFailures } from './store.ts';

/** The protection of the volumes of these projects that all conditions (over `v`) are met by, by host and name; the first so many. A constant number of statements for each host. */
export async function loadProtection(
  db: Reader,
  scope: ProjectScope,
  conditions: readonly Prisma.Sql[],
  limit?: number,
): Promise<VolumeProtection[]> {
  const sources = await loadSources(db);
  const volumes = await loadCandidates(db, [seenVolumes({ scope, shared: [] }), ...conditions], limit);
  const addresses = volumes.map(addressOf);
  const backups = await lastBackups(db, addresses);
  const failures = await lastFailures(db, addresses);
  const drills = await drillsOf(db, volumes);
  const recent = await recentBackups(db, addresses);
  const copies = new Map((await copiesOf(db, scope, addresses)).map((one) => [`${one.host}/${one.volume}`, one]));
  const now = new Date();
  return volumes.flatMap((volume) => {
    const address = addressOf(volume);
    const copiesOfVolume = copies.get(address);
    if (copiesOfVolume === undefined) return [];
    const coverage = coverageOf(volume, sources);
    const lastBackup = backups.get(address) ?? null;
    const drill = drills.get(address);
    // An earlier volume of this name may have been of another project.
    const lastDrill = drill?.project === volume.project ? drill : null;
    const lastFailure = failures.get(address) ?? null;
    const anomaly = anomalyOf(recent.get(address) ?? []);
    return {
      host: volume.host,
      volume: volume.name,
      project: volume.project,
      class: (coverage.class?.name as DataClass | undefined) ?? null,
      ...judgeProtection(volume, coverage, { lastBackup, lastFailure, lastDrill, anomaly }, now),
      sources: coverage.sources.map(({ kind, name, nextRunAt }) => ({
        kind,
        name,
        nextRunAt: nextRunAt?.toISOString() ?? null,
      })),
      lastBackup: lastBackup === null ? null : shown(lastBackup, now),
      lastFailure,
      lastDrill,
      anomaly,
      copies: copiesOfVolume,
    };
  });
}

function shown(backup: { snapshot: string; repositoryId: string; takenAt: Date }, now: Date) {
  return {
    ...backup,
    takenAt: backup.takenAt.toISOString(),
    ageSeconds: Math.round(secondsBetween(backup.takenAt, now)),
  };
}

function addressOf({ host, name }: Candidate): string {
  return `${host}/${name}`;
}

async function drillsOf(db: Reader, volumes: readonly Candidate[]): Promise<ReadonlyMap<string, RestoreDrill>> {
  const byHost = Map.groupBy(volumes, ({ host }) => host);
  const found = new Map<string, RestoreDrill>();
  for (const [host, ofHost] of byHost) {
    const names = ofHost.map(({ name }) => name);
    for (const [volume, drill] of await lastDrills(db, host, names)) found.set(`${host}/${volume}`, drill);
  }
  return found;
}
