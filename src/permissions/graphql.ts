import { field, graphql } from '../server/graphql-binding.ts';
import * as checks from './operations.ts';
import * as repairs from './repair-operations.ts';

export const permissionGraphql = graphql({
  Query: {
    permissionChecks: field(checks.listChecks),
    permissionCheck: field(checks.getCheck, { nullable: true }),
    permissionRepairs: field(repairs.listRepairs),
    permissionRepair: field(repairs.getRepair, { nullable: true }),
  },
  Mutation: {
    createPermissionCheck: field(checks.createCheck),
    createPermissionRepair: field(repairs.createRepair),
    applyPermissionRepair: field(repairs.applyRepair),
    undoPermissionRepair: field(repairs.undoRepair),
  },
});
