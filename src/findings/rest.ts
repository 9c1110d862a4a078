import { route, stream } from '../server/rest-binding.ts';
import { findingChanges } from './finding-changes.ts';
import * as operations from './operations.ts';

export const findingRoutes = [
  route(operations.listFindings, 'GET', '/v1/findings'),
  stream(operations.listFindings, '/v1/findings/events', findingChanges),
  route(operations.getFinding, 'GET', '/v1/findings/:finding'),
  route(operations.acknowledgeFinding, 'POST', '/v1/findings/:finding/acknowledgement'),
  route(operations.unacknowledgeFinding, 'DELETE', '/v1/findings/:finding/acknowledgement'),
  route(operations.listRules, 'GET', '/v1/finding-rules'),
  route(operations.getRule, 'GET', '/v1/finding-rules/:rule'),
];
