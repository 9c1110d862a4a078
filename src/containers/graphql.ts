import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const containerGraphql = graphql({
  Query: {
    containers: field(operations.listContainers),
    container: field(operations.getContainer, { nullable: true }),
  },
  edges: {
    Mount: {
      mountedBy: edge('Container', operations.containersByAddress, {
        arg: 'addresses',
        key: ({ host, container }: { host: string; container: { id: string } }) => `${host}/${container.id}`,
        back: ({ host, id }) => `${host}/${id}`,
      }),
    },
  },
});
