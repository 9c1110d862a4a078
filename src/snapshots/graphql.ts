import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const snapshotGraphql = graphql({
  Query: {
    snapshots: field(operations.listSnapshots),
    volumeSnapshots: field(operations.listVolumeSnapshots),
    snapshot: field(operations.getSnapshot, { nullable: true }),
    snapshotEntries: field(operations.listEntries),
  },
  edges: {
    Volume: {
      newestSnapshots: edge('[Snapshot!]!', operations.newestSnapshots, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
  },
});
