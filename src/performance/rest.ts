import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const performanceRoutes = [
  route(operations.getVolumePerformance, 'GET', '/v1/hosts/:host/volumes/:name/performance'),
];
