import { accepted, download, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const spaceRoutes = [
  route(operations.measureHost, 'POST', '/v1/hosts/:host/measurements', accepted),
  route(operations.getHostUsage, 'GET', '/v1/hosts/:host/usage'),
  route(operations.listHostUsage, 'GET', '/v1/hosts/:host/usage/history'),
  route(operations.getHostStorage, 'GET', '/v1/hosts/:host/storage'),
  route(operations.getVolumeUsage, 'GET', '/v1/hosts/:host/volumes/:name/usage'),
  route(operations.getUsageReport, 'GET', '/v1/usage-report'),
  download(operations.downloadUsageReport, '/v1/usage-report/file'),
];
