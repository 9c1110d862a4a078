import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const permissionGraphql = graphql({
  Query: {
    permissionChecks: field(operations.listChecks),
    permissionCheck: field(operations.getCheck, { nullable: true }),
  },
  Mutation: { createPermissionCheck: field(operations.createCheck) },
});
