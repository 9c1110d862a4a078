import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const performanceGraphql = graphql({
  Query: { volumePerformance: field(operations.getVolumePerformance, { nullable: true }) },
  edges: {
    Volume: {
      performance: edge('VolumePerformance', operations.performanceOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
  },
});
