import { route } from '../server/rest-binding.ts';
import * as classes from './class-operations.ts';
import * as operations from './operations.ts';

const made = { status: 201, location: ({ name }: { name: string }) => `/v1/policies/${name}` };
const asked = { status: 202, location: ({ policy }: { policy: string }) => `/v1/policies/${policy}` };

export const policyRoutes = [
  route(classes.listDataClasses, 'GET', '/v1/data-classes'),
  route(classes.getDataClass, 'GET', '/v1/data-classes/:dataClass'),
  route(classes.updateDataClass, 'PATCH', '/v1/data-classes/:dataClass'),
  route(operations.listPolicies, 'GET', '/v1/policies'),
  route(operations.createPolicy, 'POST', '/v1/policies', made),
  route(operations.getPolicy, 'GET', '/v1/policies/:policy'),
  route(operations.updatePolicy, 'PATCH', '/v1/policies/:policy'),
  route(operations.deletePolicy, 'DELETE', '/v1/policies/:policy'),
  route(operations.runPolicy, 'POST', '/v1/policies/:policy/runs', asked),
];
