import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const retentionGraphql = graphql({
  Query: {
    retention: field(operations.getRetention, { nullable: true }),
    snapshotHolds: field(operations.listHolds),
  },
  Mutation: {
    runRetention: field(operations.runRetention),
    holdSnapshot: field(operations.holdSnapshot),
    releaseSnapshot: field(operations.releaseSnapshot),
  },
});
