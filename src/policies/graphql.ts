import { field, graphql } from '../server/graphql-binding.ts';
import * as classes from './class-operations.ts';
import * as operations from './operations.ts';

export const policyGraphql = graphql({
  Query: {
    dataClasses: field(classes.listDataClasses),
    dataClass: field(classes.getDataClass),
    policies: field(operations.listPolicies),
    policy: field(operations.getPolicy, { nullable: true }),
  },
  Mutation: {
    updateDataClass: field(classes.updateDataClass),
    createPolicy: field(operations.createPolicy),
    updatePolicy: field(operations.updatePolicy),
    deletePolicy: field(operations.deletePolicy),
    runPolicy: field(operations.runPolicy),
  },
});
