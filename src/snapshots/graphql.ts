import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const snapshotGraphql = graphql({
  Query: {
    snapshots: field(operations.listSnapshots),
    volumeSnapshots: field(operations.listVolumeSnapshots),
    snapshot: field(operations.getSnapshot, { nullable: true }),
    volumeCopies: field(operations.getVolumeCopies, { nullable: true }),
    snapshotEntries: field(operations.listEntries),
  },
  edges: {
    Snapshot: {
      copies: edge('[Snapshot!]!', operations.copiesOfSnapshots, {
        arg: 'originals',
        key: ({ id }: { id: string }) => id,
        back: ({ original }) => original ?? '',
      }),
    },
    Volume: {
      copies: edge('VolumeCopies!', operations.copiesOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
      newestSnapshots: edge('[Snapshot!]!', operations.newestSnapshots, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
  },
});
