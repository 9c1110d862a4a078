import { accepted, route } from '../server/rest-binding.ts';
import { importArchive } from './archive-operations.ts';
import * as groups from './group-operations.ts';
import * as operations from './operations.ts';
import * as ofSnapshots from './snapshot-operations.ts';

export const backupRoutes = [
  route(operations.createBackup, 'POST', '/v1/hosts/:host/volumes/:name/backups', accepted),
  route(operations.createRestore, 'POST', '/v1/hosts/:host/volumes/:name/restores', accepted),
  route(groups.createGroupBackup, 'POST', '/v1/hosts/:host/compose-projects/:composeProject/backups', accepted),
  route(groups.createGroupRestore, 'POST', '/v1/hosts/:host/compose-projects/:composeProject/restores', accepted),
  route(importArchive, 'POST', '/v1/hosts/:host/volumes/:name/archive-imports', accepted),
  route(ofSnapshots.restoreSnapshot, 'POST', '/v1/snapshots/:snapshot/restores', accepted),
  route(ofSnapshots.copySnapshot, 'POST', '/v1/snapshots/:snapshot/copies', accepted),
  route(ofSnapshots.deleteSnapshot, 'DELETE', '/v1/snapshots/:snapshot', accepted),
  route(operations.deleteVolume, 'DELETE', '/v1/hosts/:host/volumes/:name', accepted),
  route(operations.undeleteVolume, 'POST', '/v1/hosts/:host/volumes/:name/undelete', accepted),
  route(operations.listDeletedVolumes, 'GET', '/v1/deleted-volumes'),
];
