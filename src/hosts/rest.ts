import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const hostRoutes = [
  route(operations.listHosts, 'GET', '/v1/hosts'),
  route(operations.getHost, 'GET', '/v1/hosts/:host'),
];
