import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const databaseRoutes = [
  route(operations.listDatabases, 'GET', '/v1/hosts/:host/databases'),
  route(operations.restoreDatabase, 'POST', '/v1/hosts/:host/databases/:container/restores', accepted),
];
