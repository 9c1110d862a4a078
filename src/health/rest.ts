import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const healthRoutes = [
  route(operations.getShareHealth, 'GET', '/v1/shares/:share/health'),
  route(operations.getVolumeHealth, 'GET', '/v1/hosts/:host/volumes/:name/health'),
  route(operations.checkHealth, 'POST', '/v1/hosts/:host/volumes/:name/health-checks', accepted),
];
