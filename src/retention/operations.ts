import type { Ports } from '../context.ts';
import { fail } from '../errors.ts';
import { command, query } from '../operation.ts';
import { DateTime, HostName, object, paging, T, Uuid } from '../schema.ts';
import { SnapshotId } from '../snapshots/model.ts';
import { requireSnapshot, snapshotTarget } from '../snapshots/read.ts';
import { VolumeName } from '../volumes/model.ts';
import { volumeTarget } from '../volumes/read.ts';
import * as holds from './hold-store.ts';
import { loadPlan } from './load-plan.ts';
import { RetentionPlan, RetentionRun, SnapshotHold, SnapshotHoldPage } from './model.ts';
import { carryOut, requireAgreed } from './run-retention.ts';

const address = { host: HostName, name: VolumeName };

export const getRetention = query('retention.plan', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'Show which snapshots of a volume stay and which go, and why',
  description: 'Nothing is changed. Retention itself runs every `STOWAGE_RETENTION_SECONDS`.',
  input: object(address),
  output: RetentionPlan,
  async run({ ports }, input) {
    return (await planned(ports, input)).plan;
  },
});

export const runRetention = command('retention.run', {
  permission: 'administer',
  reach: volumeTarget,
  summary: 'Remove the snapshots of a volume that nothing keeps, now',
  description:
    'With `snapshots`, the ones that the plan said would go, it is refused when others would. Each is judged once more when the job runs. The space is freed when the repository is pruned.',
  input: object({
    ...address,
    snapshots: T.Optional(T.Array(SnapshotId, { maxItems: 10_000, examples: [['9f86d081']] })),
  }),
  output: RetentionRun,
  async run(context, { snapshots, ...input }) {
    const { plan, volume } = await planned(context.ports, input);
    requireAgreed(plan, snapshots);
    return await carryOut(context, plan, volume.project);
  },
});

export const holdSnapshot = command('snapshotHolds.create', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'Keep a snapshot, whatever retention or a deletion says',
  input: object({
    snapshot: SnapshotId,
    reason: T.String({ minLength: 1, maxLength: 1024, description: 'Why it must stay.' }),
    until: T.Optional(T.String({ ...DateTime, description: 'When the hold ends; never when absent.' })),
  }),
  output: SnapshotHold,
  async run(context, { snapshot: id, reason, until }) {
    const { ports, onceId, actor } = context;
    const snapshot = await requireSnapshot(context, id);
    const end = until === undefined ? null : new Date(until);
    if (end !== null && end.getTime() <= Date.now())
      throw fail('invalid_input', {
        detail: `"${until}" is over already; give a time to come, or none.`,
        errors: [{ path: '/until', rule: 'future', message: 'must be in the future' }],
      });
    return await holds.createHold(ports.db, {
      id: onceId,
      snapshotId: snapshot.id,
      reason,
      until: end,
      createdBy: actor.subject,
    });
  },
});

export const listHolds = query('snapshotHolds.list', {
  permission: 'read',
  reach: snapshotTarget,
  summary: 'List the holds on a snapshot, newest first',
  input: object({ snapshot: SnapshotId, ...paging }),
  output: SnapshotHoldPage,
  async run(context, { snapshot, limit = 50, cursor }) {
    return await holds.listHolds(context.ports.db, (await requireSnapshot(context, snapshot)).id, limit, cursor);
  },
});

export const releaseSnapshot = command('snapshotHolds.delete', {
  permission: 'administer',
  reach: snapshotTarget,
  summary: 'Take a hold off a snapshot',
  input: object({ snapshot: SnapshotId, hold: Uuid }),
  output: SnapshotHold,
  async run(context, { snapshot: id, hold }) {
    const snapshot = await requireSnapshot(context, id);
    const released = await holds.deleteHold(context.ports.db, snapshot.id, hold);
    if (released === null)
      throw fail('snapshot_hold_not_found', `Snapshot ${snapshot.id.slice(0, 8)} has no hold "${hold}".`);
    return released;
  },
});

async function planned({ db, config }: Pick<Ports, 'db' | 'config'>, input: { host: string; name: string }) {
  const found = await loadPlan(db, config, input.host, input.name);
  if (found === null) throw volumeTarget.absent(input);
  return found;
}
