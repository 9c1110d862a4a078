import { JobError } from '../jobs/model.ts';
import { Bytes, Count, DateTime, nullable, object, page, Seconds, type Static, T, Uuid } from '../schema.ts';

export const RestoreDrill = object(
  {
    id: Uuid,
    host: T.String(),
    volume: T.String(),
    project: nullable(T.String()),
    snapshot: T.String({ 'x-gql': 'ID', description: "restic's id of the snapshot that was restored." }),
    repositoryId: Uuid,
    ok: T.Boolean({ description: 'Whether all of it came back, as it is in the snapshot.' }),
    error: nullable(JobError),
    bytes: Bytes,
    files: Count,
    seconds: T.Number({ ...Seconds, description: 'What a restore of the volume takes, comparing included.' }),
    finishedAt: DateTime,
  },
  {
    $id: 'RestoreDrill',
    description:
      'A restore of a snapshot into a volume that is removed again, to see that it can be restored, and how fast.',
  },
);
export type RestoreDrill = Static<typeof RestoreDrill>;
export const RestoreDrillPage = page(RestoreDrill, 'RestoreDrill');
