import { Retention } from '../policies/read.ts';
import { DateTime, HostName, nullable, object, page, type Static, T, Uuid, words } from '../schema.ts';
import { SnapshotReason, SnapshotState } from '../snapshots/model.ts';

const RetentionAction = words('RetentionAction', ['keep', 'remove'], 'What retention does with a snapshot.');

const RetentionItem = object(
  {
    snapshot: T.String({ 'x-gql': 'ID' }),
    repositoryId: Uuid,
    repository: T.String({ description: 'Name of the repository.' }),
    takenAt: DateTime,
    reason: SnapshotReason,
    state: SnapshotState,
    action: RetentionAction,
    why: T.Array(T.String(), { description: 'What keeps it, such as `daily`, or why it goes.' }),
  },
  { $id: 'RetentionItem', description: 'What retention does with a snapshot, and why.' },
);

export const RetentionPlan = object(
  {
    host: HostName,
    volume: T.String(),
    rules: T.Array(Retention, {
      description: 'Of the policies that cover the volume, or of its class: a snapshot stays when any keeps it.',
    }),
    heldBack: nullable(T.String({ description: 'Why nothing goes at the moment.' })),
    keep: T.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }),
    remove: T.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }),
    items: T.Array(RetentionItem, { description: 'By repository, newest first.' }),
  },
  {
    $id: 'RetentionPlan',
    description: 'Which snapshots of a volume stay and which go, in each repository; each with the reason.',
  },
);
export type RetentionPlan = Static<typeof RetentionPlan>;

export const RetentionRun = object(
  {
    jobs: T.Array(Uuid, { description: 'One for each repository that snapshots go from.' }),
    remove: T.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }),
  },
  { $id: 'RetentionRun', description: 'What a run of retention has asked for.' },
);
export type RetentionRun = Static<typeof RetentionRun>;

export const SnapshotHold = object(
  {
    id: Uuid,
    snapshot: T.String({ 'x-gql': 'ID' }),
    reason: T.String(),
    until: nullable(DateTime),
    createdBy: T.String(),
    createdAt: DateTime,
  },
  { $id: 'SnapshotHold', description: 'That a snapshot must stay, whatever retention or a deletion says.' },
);
export type SnapshotHold = Static<typeof SnapshotHold>;
export const SnapshotHoldPage = page(SnapshotHold, 'SnapshotHold');
