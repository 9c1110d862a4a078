import { field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const pruningGraphql = graphql({
  Query: {
    prunePlans: field(operations.listPlans),
    prunePlan: field(operations.getPlan, { nullable: true }),
    prunePlanItems: field(operations.listPlanItems),
  },
  Mutation: {
    createPrunePlan: field(operations.createPlan),
    applyPrunePlan: field(operations.applyPlan),
  },
});
