import { accepted, route } from '../server/rest-binding.ts';
import * as checks from './operations.ts';
import * as repairs from './repair-operations.ts';

export const permissionRoutes = [
  route(checks.createCheck, 'POST', '/v1/hosts/:host/volumes/:name/permission-checks', accepted),
  route(checks.listChecks, 'GET', '/v1/hosts/:host/volumes/:name/permission-checks'),
  route(checks.getCheck, 'GET', '/v1/permission-checks/:check'),
  route(repairs.createRepair, 'POST', '/v1/hosts/:host/volumes/:name/permission-repairs', accepted),
  route(repairs.listRepairs, 'GET', '/v1/hosts/:host/volumes/:name/permission-repairs'),
  route(repairs.getRepair, 'GET', '/v1/permission-repairs/:repair'),
  route(repairs.applyRepair, 'POST', '/v1/permission-repairs/:repair/apply', accepted),
  route(repairs.undoRepair, 'POST', '/v1/permission-repairs/:repair/undo', accepted),
];
