import { feed, route } from '../server/rest-binding.ts';
import { newEvents } from './new-events.ts';
import * as operations from './operations.ts';

export const eventRoutes = [
  route(operations.listEvents, 'GET', '/v1/events'),
  route(operations.readEvents, 'GET', '/v1/events/next'),
  feed(operations.readEvents, '/v1/events/stream', newEvents, { alsoAt: '/v1/events' }),
];
