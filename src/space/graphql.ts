import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const spaceGraphql = graphql({
  Query: {
    hostUsage: field(operations.getHostUsage, { nullable: true }),
    hostUsageHistory: field(operations.listHostUsage),
    hostStorage: field(operations.getHostStorage, { nullable: true }),
    volumeUsage: field(operations.getVolumeUsage, { nullable: true }),
    usageReport: field(operations.getUsageReport),
  },
  Mutation: { measureHost: field(operations.measureHost) },
  edges: {
    Host: {
      usage: edge('HostUsage', operations.usageOfHosts, {
        arg: 'hosts',
        key: ({ name }: { name: string }) => name,
        back: ({ host }) => host,
      }),
    },
    Volume: {
      growth: edge('VolumeGrowth', operations.growthOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
  },
});
