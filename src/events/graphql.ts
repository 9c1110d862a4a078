import { feed, field, graphql } from '../server/graphql-binding.ts';
import { newEvents } from './new-events.ts';
import * as operations from './operations.ts';

export const eventGraphql = graphql({
  Query: {
    events: field(operations.listEvents),
    nextEvents: field(operations.readEvents),
  },
  Subscription: {
    events: feed(operations.readEvents, newEvents),
  },
});
