import { RestoreDrill } from '../drills/model.ts';
import { JobError } from '../jobs/model.ts';
import { CoverKind, RpoSeconds, RtoSeconds } from '../policies/model.ts';
import { DateTime, HostName, nullable, object, page, Seconds, type Static, T, Uuid, words } from '../schema.ts';
import { VolumeCopies } from '../snapshots/read.ts';
import { DataClass } from '../volumes/model.ts';

export const ProtectionState = words(
  'ProtectionState',
  ['protected', 'at_risk', 'waiting', 'breached', 'uncovered', 'excluded'],
  '`protected`: what is promised is kept. `at_risk`: still kept, but something went wrong. `waiting`: for its first backup. `breached`: an objective is not met. `uncovered`: nothing backs it up. `excluded`: that is meant so.',
);
export type ProtectionState = Static<typeof ProtectionState>;

const ProtectionSource = object(
  { kind: CoverKind, name: T.String(), nextRunAt: nullable(DateTime) },
  { $id: 'ProtectionSource', description: 'What backs a volume up.' },
);

const LastBackup = object(
  {
    snapshot: T.String({ 'x-gql': 'ID' }),
    repositoryId: Uuid,
    takenAt: DateTime,
    ageSeconds: T.Number({ ...Seconds }),
  },
  { $id: 'LastBackup', description: 'The newest good snapshot of a volume.' },
);

const FailedBackup = object(
  { job: Uuid, finishedAt: DateTime, error: JobError },
  { $id: 'FailedBackup', description: 'A backup that failed after the newest good one.' },
);

export const VolumeProtection = object(
  {
    host: HostName,
    volume: T.String(),
    project: nullable(T.String()),
    class: nullable(DataClass),
    state: ProtectionState,
    problems: T.Array(T.String(), { description: 'What is not as it should be, a sentence each.' }),
    sources: T.Array(ProtectionSource),
    rpoSeconds: nullable(RpoSeconds),
    rtoSeconds: nullable(RtoSeconds),
    lastBackup: nullable(LastBackup),
    lastFailure: nullable(FailedBackup),
    lastDrill: nullable(RestoreDrill),
    anomaly: nullable(
      T.String({
        description: 'Why its newest backups look as if data had been lost or overwritten; retention waits then.',
      }),
    ),
    copies: VolumeCopies,
  },
  {
    $id: 'VolumeProtection',
    description:
      'Whether what a volume is promised is kept: the age of its newest good backup against its RPO, the time of its last restore drill against its RTO. Where nobody gives an RPO it is twice the time between two backups.',
  },
);
export type VolumeProtection = Static<typeof VolumeProtection>;
export const VolumeProtectionPage = page(VolumeProtection, 'VolumeProtection');
