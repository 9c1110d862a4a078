import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const pruningRoutes = [
  route(operations.createPlan, 'POST', '/v1/hosts/:host/prune-plans', {
    status: 201,
    location: ({ id }) => `/v1/prune-plans/${id}`,
  }),
  route(operations.listPlans, 'GET', '/v1/prune-plans'),
  route(operations.getPlan, 'GET', '/v1/prune-plans/:plan'),
  route(operations.listPlanItems, 'GET', '/v1/prune-plans/:plan/items'),
  route(operations.applyPlan, 'POST', '/v1/prune-plans/:plan/apply', accepted),
];
