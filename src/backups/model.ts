import { DateTime, HostName, nullable, object, page, type Static, T, Uuid } from '../schema.ts';

export const DeletedVolume = object(
  {
    id: Uuid,
    host: HostName,
    name: T.String(),
    driver: T.String(),
    project: nullable(T.String()),
    snapshot: T.String({ 'x-gql': 'ID', description: 'Last snapshot of the volume.' }),
    deletedBy: T.String(),
    deletedAt: DateTime,
    expiresAt: DateTime,
  },
  { $id: 'DeletedVolume', description: 'A volume that was deleted and can be brought back until `expiresAt`.' },
);
export type DeletedVolume = Static<typeof DeletedVolume>;
export const DeletedVolumePage = page(DeletedVolume, 'DeletedVolume');
