import { download, route } from '../server/rest-binding.ts';
import * as audit from './audit-operations.ts';
import * as operations from './operations.ts';
import * as own from './own-token-operations.ts';
import * as accounts from './service-account-operations.ts';
import * as tokens from './token-operations.ts';

const madeToken = { status: 201, location: ({ id }: { id: string }) => `/v1/tokens/${id}` };

export const accessRoutes = [
  route(tokens.createToken, 'POST', '/v1/tokens', madeToken),
  route(tokens.listTokens, 'GET', '/v1/tokens'),
  route(tokens.getToken, 'GET', '/v1/tokens/:token'),
  route(tokens.rotateToken, 'POST', '/v1/tokens/:token/rotation'),
  route(tokens.revokeToken, 'DELETE', '/v1/tokens/:token'),
  route(accounts.createServiceAccount, 'POST', '/v1/service-accounts', {
    status: 201,
    location: ({ id }) => `/v1/service-accounts/${id}`,
  }),
  route(accounts.listServiceAccounts, 'GET', '/v1/service-accounts'),
  route(accounts.getServiceAccount, 'GET', '/v1/service-accounts/:account'),
  route(accounts.updateServiceAccount, 'PATCH', '/v1/service-accounts/:account'),
  route(accounts.deleteServiceAccount, 'DELETE', '/v1/service-accounts/:account'),
  route(accounts.createServiceAccountToken, 'POST', '/v1/service-accounts/:account/tokens', madeToken),
  route(operations.createSession, 'POST', '/v1/session', { status: 201 }),
  route(operations.getIdentity, 'GET', '/v1/session'),
  route(own.createOwnToken, 'POST', '/v1/session/tokens', madeToken),
  route(own.listOwnTokens, 'GET', '/v1/session/tokens'),
  route(own.rotateOwnToken, 'POST', '/v1/session/tokens/:token/rotation'),
  route(own.revokeOwnToken, 'DELETE', '/v1/session/tokens/:token'),
  route(operations.createRoleBinding, 'POST', '/v1/role-bindings', { status: 201 }),
  route(operations.listRoleBindings, 'GET', '/v1/role-bindings'),
  route(operations.deleteRoleBinding, 'DELETE', '/v1/role-bindings/:binding'),
  route(audit.listAuditEvents, 'GET', '/v1/audit-events'),
  download(audit.downloadAudit, '/v1/audit-events/file'),
  route(audit.verifyAudit, 'GET', '/v1/audit-events/verification'),
];
