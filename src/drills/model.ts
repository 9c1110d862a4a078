import { JobError } from '../jobs/model.ts';
import { Bytes, Count, DateTime, nullable, object, page, Seconds, type Static, T, Uuid } from '../schema.ts';
import { DatabaseEngine } from '../snapshots/model.ts';

export const DrillServer = object(
  {
    engine: DatabaseEngine,
    image: T.String({ description: 'Image that the server was started of: the very one that the data is of.' }),
    imageId: T.String(),
    startSeconds: nullable(
      T.Number({
        ...Seconds,
        description:
          'From its start until it had told what it holds, the reading of a dump included; null where it did not.',
      }),
    ),
    databases: T.Array(
      object(
        {
          name: T.String(),
          tables: nullable(Count),
          keys: nullable(T.Integer({ ...Count, description: 'Of a Redis, which has no tables.' })),
        },
        { $id: 'DrillDatabase', description: 'What the server has told of one of its databases.' },
      ),
      { description: 'Those of applications; the first hundred.' },
    ),
  },
  {
    $id: 'DrillServer',
    description: 'A database server that was started on what a drill restored, without network, and what it answered.',
  },
);
export type DrillServer = Static<typeof DrillServer>;

export const RestoreDrill = object(
  {
    id: Uuid,
    host: T.String(),
    volume: T.String(),
    project: nullable(T.String()),
    snapshot: T.String({ 'x-gql': 'ID', description: "restic's id of the snapshot that was restored." }),
    repositoryId: Uuid,
    ok: T.Boolean({
      description:
        'Whether all of it came back, as it is in the snapshot, and a database server that was tried works with it.',
    }),
    error: nullable(JobError),
    bytes: Bytes,
    files: Count,
    seconds: T.Number({
      ...Seconds,
      description:
        'All of it: the time after which the data would be back in use, comparing included. What the RTO is held against.',
    }),
    restoreSeconds: T.Number({ ...Seconds, description: 'What of that the restore took, comparing included.' }),
    server: nullable(DrillServer),
    untriedWhy: nullable(
      T.String({
        description: 'Why no server was started although the data is of a database; null where there is no reason to.',
      }),
    ),
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
