import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const protectionGraphql = graphql({
  Query: {
    protection: field(operations.listProtection),
    volumeProtection: field(operations.getVolumeProtection, { nullable: true }),
  },
  edges: {
    Volume: {
      protection: edge('VolumeProtection', operations.protectionOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
  },
});
