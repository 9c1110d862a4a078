import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const accessRoutes = [
  route(operations.createToken, 'POST', '/v1/tokens', { status: 201, location: ({ id }) => `/v1/tokens/${id}` }),
  route(operations.listTokens, 'GET', '/v1/tokens'),
  route(operations.getToken, 'GET', '/v1/tokens/:token'),
  route(operations.revokeToken, 'DELETE', '/v1/tokens/:token'),
  route(operations.createSession, 'POST', '/v1/session', { status: 201 }),
  route(operations.getIdentity, 'GET', '/v1/session'),
  route(operations.createRoleBinding, 'POST', '/v1/role-bindings', { status: 201 }),
  route(operations.listRoleBindings, 'GET', '/v1/role-bindings'),
  route(operations.deleteRoleBinding, 'DELETE', '/v1/role-bindings/:binding'),
  route(operations.listAuditEvents, 'GET', '/v1/audit-events'),
];
