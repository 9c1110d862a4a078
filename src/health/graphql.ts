import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const healthGraphql = graphql({
  Query: {
    shareHealth: field(operations.getShareHealth, { nullable: true }),
    volumeHealth: field(operations.getVolumeHealth, { nullable: true }),
  },
  Mutation: { checkVolumeHealth: field(operations.checkHealth) },
});
