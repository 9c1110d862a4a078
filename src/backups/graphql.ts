import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const backupGraphql = graphql({
  Query: { deletedVolumes: field(operations.listDeletedVolumes) },
  Mutation: {
    createBackup: field(operations.createBackup),
    createRestore: field(operations.createRestore),
    deleteVolume: field(operations.deleteVolume),
    undeleteVolume: field(operations.undeleteVolume),
  },
});
