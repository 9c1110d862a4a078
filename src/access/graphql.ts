import { field, graphql } from '../server/graphql-binding.ts';
import * as audit from './audit-operations.ts';
import * as operations from './operations.ts';
import * as own from './own-token-operations.ts';
import * as accounts from './service-account-operations.ts';
import * as tokens from './token-operations.ts';

export const accessGraphql = graphql({
  Query: {
    me: field(operations.getIdentity),
    myTokens: field(own.listOwnTokens),
    tokens: field(tokens.listTokens),
    token: field(tokens.getToken, { nullable: true }),
    serviceAccounts: field(accounts.listServiceAccounts),
    serviceAccount: field(accounts.getServiceAccount, { nullable: true }),
    roleBindings: field(operations.listRoleBindings),
    auditEvents: field(audit.listAuditEvents),
    auditVerification: field(audit.verifyAudit),
  },
  Mutation: {
    createToken: field(tokens.createToken),
    rotateToken: field(tokens.rotateToken),
    revokeToken: field(tokens.revokeToken),
    createMyToken: field(own.createOwnToken),
    rotateMyToken: field(own.rotateOwnToken),
    revokeMyToken: field(own.revokeOwnToken),
    createServiceAccount: field(accounts.createServiceAccount),
    updateServiceAccount: field(accounts.updateServiceAccount),
    deleteServiceAccount: field(accounts.deleteServiceAccount),
    createServiceAccountToken: field(accounts.createServiceAccountToken),
    createSession: field(operations.createSession),
    createRoleBinding: field(operations.createRoleBinding),
    deleteRoleBinding: field(operations.deleteRoleBinding),
  },
});
