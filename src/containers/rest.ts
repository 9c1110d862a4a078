import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const containerRoutes = [
  route(operations.listContainers, 'GET', '/v1/hosts/:host/containers'),
  route(operations.getContainer, 'GET', '/v1/hosts/:host/containers/:container'),
];
