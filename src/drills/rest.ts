import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const drillRoutes = [
  route(operations.createDrill, 'POST', '/v1/hosts/:host/volumes/:name/restore-drills', accepted),
  route(operations.listDrills, 'GET', '/v1/hosts/:host/volumes/:name/restore-drills'),
];
