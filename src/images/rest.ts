import { accepted, route } from '../server/rest-binding.ts';
import { backUpImage, restoreImage } from './archive-operations.ts';
import * as operations from './operations.ts';

export const imageRoutes = [
  route(operations.listImages, 'GET', '/v1/hosts/:host/images'),
  route(operations.getImage, 'GET', '/v1/hosts/:host/images/:image'),
  route(operations.getContainerLayers, 'GET', '/v1/hosts/:host/containers/:container/layers'),
  route(operations.scanContainer, 'POST', '/v1/hosts/:host/containers/:container/change-scans', accepted),
  route(operations.listContainerChanges, 'GET', '/v1/hosts/:host/containers/:container/changes'),
  route(backUpImage, 'POST', '/v1/hosts/:host/image-backups', accepted),
  route(restoreImage, 'POST', '/v1/hosts/:host/image-restores', accepted),
];
