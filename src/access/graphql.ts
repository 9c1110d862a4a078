import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const accessGraphql = graphql({
  Query: {
    me: field(operations.getIdentity),
    tokens: field(operations.listTokens),
    token: field(operations.getToken, { nullable: true }),
    roleBindings: field(operations.listRoleBindings),
    auditEvents: field(operations.listAuditEvents),
  },
  Mutation: {
    createToken: field(operations.createToken),
    revokeToken: field(operations.revokeToken),
    createSession: field(operations.createSession),
    createRoleBinding: field(operations.createRoleBinding),
    deleteRoleBinding: field(operations.deleteRoleBinding),
  },
});
