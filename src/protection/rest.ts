import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const protectionRoutes = [
  route(operations.listProtection, 'GET', '/v1/protection'),
  route(operations.getVolumeProtection, 'GET', '/v1/hosts/:host/volumes/:name/protection'),
];
