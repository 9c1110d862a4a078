import { RepositoryMedium } from '../repositories/model.ts';
import { DateTime, HostName, object, type Static, T, Uuid } from '../schema.ts';

const HeldCopy = object(
  {
    repositoryId: Uuid,
    repository: T.String({ description: 'Name of the repository.' }),
    medium: RepositoryMedium,
    offSite: T.Boolean(),
    snapshot: T.String({ 'x-gql': 'ID', description: 'The newest good snapshot of the volume there.' }),
    takenAt: DateTime,
    counts: T.Boolean({ description: 'False when it is over a week older than the newest copy.' }),
  },
  { $id: 'HeldCopy', description: 'The newest good snapshot of a volume in one repository.' },
);

export const VolumeCopies = object(
  {
    host: HostName,
    volume: T.String(),
    satisfied: T.Boolean(),
    copies: T.Integer({ minimum: 0, maximum: 1_000_000, description: 'The volume itself is the first.' }),
    media: T.Array(RepositoryMedium),
    offSite: T.Integer({ minimum: 0, maximum: 1_000_000, description: 'How many of the copies are off-site.' }),
    missing: T.Array(T.String(), { description: 'What is missing, a sentence each.' }),
    held: T.Array(HeldCopy),
  },
  {
    $id: 'VolumeCopies',
    description: 'How a volume stands against the rule of 3 copies on 2 media, 1 of them off-site.',
  },
);
export type VolumeCopies = Static<typeof VolumeCopies>;
