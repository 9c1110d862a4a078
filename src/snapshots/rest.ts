import { download, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const snapshotRoutes = [
  route(operations.listSnapshots, 'GET', '/v1/snapshots'),
  route(operations.listVolumeSnapshots, 'GET', '/v1/hosts/:host/volumes/:name/snapshots'),
  route(operations.getVolumeCopies, 'GET', '/v1/hosts/:host/volumes/:name/copies'),
  route(operations.getSnapshot, 'GET', '/v1/snapshots/:snapshot'),
  route(operations.listEntries, 'GET', '/v1/snapshots/:snapshot/entries'),
  download(operations.downloadFile, '/v1/snapshots/:snapshot/file'),
  download(operations.downloadArchive, '/v1/snapshots/:snapshot/archive'),
];
