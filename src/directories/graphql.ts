import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const directoryGraphql = graphql({
  Mutation: { createProjectDirectories: field(operations.createProjectDirectories) },
});
