import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const drillGraphql = graphql({
  Query: { restoreDrills: field(operations.listDrills) },
  Mutation: { createRestoreDrill: field(operations.createDrill) },
});
