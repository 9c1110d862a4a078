import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const volumeGraphql = graphql({
  Query: {
    volumes: field(operations.listVolumes),
    volume: field(operations.getVolume, { nullable: true }),
    volumeHistory: field(operations.listVolumeEvents, { nullable: true }),
  },
  Mutation: {
    createVolume: field(operations.createVolume),
    updateVolume: field(operations.updateVolume),
  },
  edges: {
    Host: {
      volumes: edge('HostVolumes!', operations.volumesOfHosts, {
        arg: 'hosts',
        key: ({ name }: { name: string }) => name,
        back: ({ host }) => host,
      }),
    },
    Mount: {
      mountedVolume: edge('Volume', operations.volumesByAddress, {
        arg: 'addresses',
        key: ({ host, volume }: { host: string; volume: string | null }) =>
          volume === null ? null : `${host}/${volume}`,
        back: ({ host, name }) => `${host}/${name}`,
      }),
    },
  },
});
