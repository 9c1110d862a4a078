import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const configurationGraphql = graphql({
  Mutation: {
    createProjectConfigurationBackup: field(operations.backUpProject),
    createHostConfigurationBackup: field(operations.backUpHost),
    restoreConfiguration: field(operations.restoreConfiguration),
  },
});
