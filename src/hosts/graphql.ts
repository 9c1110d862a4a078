import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

const onHost = edge('Host!', operations.hostsByName, {
  arg: 'names',
  key: ({ host }: { host: string }) => host,
  back: ({ name }) => name,
});

export const hostGraphql = graphql({
  Query: {
    hosts: field(operations.listHosts),
    host: field(operations.getHost, { nullable: true }),
  },
  edges: {
    Volume: { onHost },
    Container: { onHost },
    Mount: { onHost },
  },
});
