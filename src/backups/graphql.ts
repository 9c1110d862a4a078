import { field, graphql } from '../server/graphql-binding.ts';
import { importArchive } from './archive-operations.ts';
import * as groups from './group-operations.ts';
import * as operations from './operations.ts';
import * as ofSnapshots from './snapshot-operations.ts';

export const backupGraphql = graphql({
  Query: { deletedVolumes: field(operations.listDeletedVolumes) },
  Mutation: {
    createBackup: field(operations.createBackup),
    createRestore: field(operations.createRestore),
    createGroupBackup: field(groups.createGroupBackup),
    createGroupRestore: field(groups.createGroupRestore),
    importArchive: field(importArchive),
    restoreSnapshot: field(ofSnapshots.restoreSnapshot),
    copySnapshot: field(ofSnapshots.copySnapshot),
    deleteSnapshot: field(ofSnapshots.deleteSnapshot),
    deleteVolume: field(operations.deleteVolume),
    undeleteVolume: field(operations.undeleteVolume),
  },
});
