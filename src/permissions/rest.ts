import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const permissionRoutes = [
  route(operations.createCheck, 'POST', '/v1/hosts/:host/volumes/:name/permission-checks', accepted),
  route(operations.listChecks, 'GET', '/v1/hosts/:host/volumes/:name/permission-checks'),
  route(operations.getCheck, 'GET', '/v1/permission-checks/:check'),
];
