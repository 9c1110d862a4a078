import Value from 'typebox/value';
import { reaches, scopeOf } from '../access/roles.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { type Consumer, consumersOf } from './consumers.ts';
import { databaseKindOf, serversOf } from './database-servers.ts';
import { type GuardedDatabase, guardDatabase } from './guard-databases.ts';
import { PlanInput } from './job-input.ts';
import { planHelper, standingShown } from './repair-helper.ts';
import type { RepairReader } from './repair-lines.ts';
import type { RepairPlan } from './repair-model.ts';
import { premiseOf } from './repair-premise.ts';
import { saveRepair } from './repair-store.ts';
import { runRepair } from './run-repair.ts';

const hoursToApply = 1;
const changesKept = 200;

/** Works out what a repair would change. It only reads, so it shares the volume with other jobs. */
export const planHandler: JobHandler = {
  locks: ({ host, volume }) => [{ resource: `permission-check/${host}/${volume}`, slots: 1 }],
  authorize(actor, { project, volume }) {
    if (!reaches(scopeOf(actor, 'operate'), project))
      throw fail(
        'forbidden',
        `${actor.subject} may not "operate" on volume "${volume}" any more; nothing was planned.`,
      );
  },
  run: plan,
};

async function plan(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { ports, host, project, requestedBy } = job;
  const volume = job.volume ?? '';
  const { request } = Value.Parse(PlanInput, job.input);
  const engine = ports.engines.get(host);
  const found = await engine.findVolume(volume);
  if (found === null) throw fail('volume_not_found', `Volume "${volume}" is not on host "${host}" any more.`);
  const consumers = await consumersOf(engine, found);
  const { remapsUsers } = await engine.info();
  const reader = await runRepair(engine, job, 'plan', planHelper(volume, request, remapsUsers));
  await saveRepair(ports.db, {
    id: job.id,
    host,
    volume,
    project,
    request,
    plan: toPlan(reader, consumers),
    premise: premiseOf(found, consumers),
    createdBy: requestedBy,
    expiresAt: new Date(Date.now() + hoursToApply * 3_600_000),
  });
  const { entries, changed } = reader.counts;
  return { entries, entriesToChange: changed, seconds: (Date.now() - startedAt) / 1000 };
}

const whats = { owner: 'owner', 'folder-mode': 'folder_mode', 'file-mode': 'file_mode', acl: 'acl' } as const;

function toPlan(reader: RepairReader, consumers: readonly Consumer[]): RepairPlan {
  const { before, after, counts, databases } = reader;
  if (before === null || after === null)
    throw fail('helper_failed', 'The helper has not told of the root of the volume.');
  const changes = mostFirst(reader).map(({ what, from, to, entries, paths }) => ({
    what: whats[what],
    from: what === 'acl' ? null : from,
    to: what === 'acl' ? null : to,
    entries,
    paths: [...paths],
  }));
  return {
    entries: counts.entries,
    changed: counts.changed,
    changes: changes.slice(0, changesKept),
    rootBefore: standingShown(before),
    rootAfter: standingShown(after),
    databases: databases.map(({ kind, path }) => ({ kind, path })),
    refusals: guarded(reader, consumers).flatMap(guardDatabase),
  };
}

function mostFirst({ changes }: RepairReader): RepairReader['changes'] {
  const merged = new Map<string, RepairReader['changes'][number]>();
  for (const change of changes) {
    const key = `${change.what} ${change.from} ${change.to}`;
    const known = merged.get(key);
    const sum = { ...change, entries: change.entries + (known?.entries ?? 0) };
    merged.set(key, { ...sum, paths: [...(known?.paths ?? []), ...change.paths].slice(0, 3) });
  }
  return [...merged.values()].sort((one, other) => other.entries - one.entries);
}

/** The data that was known by its files; and where a container is a database and no file tells where its data is, all of the volume. */
function guarded(reader: RepairReader, consumers: readonly Consumer[]): GuardedDatabase[] {
  const byFiles = reader.databases.map((database) => ({ ...database, servers: serversOf(database.kind, consumers) }));
  const { before, after, changes } = reader;
  if (byFiles.length > 0 || before === null || after === null || reader.counts.entries === 1) return byFiles;
  const kinds = new Set(consumers.map(({ image }) => databaseKindOf(image)).filter((kind) => kind !== null));
  return [...kinds].map((kind) => ({
    kind,
    path: '.',
    before,
    after,
    mainOwner: null,
    changes,
    servers: serversOf(kind, consumers),
  }));
}
