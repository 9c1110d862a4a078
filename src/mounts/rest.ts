import { inquiry, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const mountRoutes = [
  route(operations.listMounts, 'GET', '/v1/mounts'),
  route(operations.listContainerMounts, 'GET', '/v1/hosts/:host/containers/:container/mounts'),
  inquiry(operations.evaluateMounts, '/v1/mount-evaluations'),
];
