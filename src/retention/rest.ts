import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

const asked = { status: 202, location: () => '/v1/jobs?kind=snapshots_expire' };
const held = {
  status: 201,
  location: ({ snapshot }: { snapshot: string }) => `/v1/snapshots/${snapshot}/holds`,
};

export const retentionRoutes = [
  route(operations.getRetention, 'GET', '/v1/hosts/:host/volumes/:name/retention'),
  route(operations.runRetention, 'POST', '/v1/hosts/:host/volumes/:name/retention-runs', asked),
  route(operations.listHolds, 'GET', '/v1/snapshots/:snapshot/holds'),
  route(operations.holdSnapshot, 'POST', '/v1/snapshots/:snapshot/holds', held),
  route(operations.releaseSnapshot, 'DELETE', '/v1/snapshots/:snapshot/holds/:hold'),
];
