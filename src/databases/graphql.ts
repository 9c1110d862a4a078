import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const databaseGraphql = graphql({
  Query: { databases: field(operations.listDatabases) },
  Mutation: { restoreDatabase: field(operations.restoreDatabase) },
});
