import { edge, field, graphql } from '../server/graphql-binding.ts';
import { backUpImage, restoreImage } from './archive-operations.ts';
import * as operations from './operations.ts';

export const imageGraphql = graphql({
  Query: {
    images: field(operations.listImages),
    image: field(operations.getImage, { nullable: true }),
    containerLayers: field(operations.getContainerLayers, { nullable: true }),
    containerChanges: field(operations.listContainerChanges, { nullable: true }),
  },
  Mutation: {
    createChangeScan: field(operations.scanContainer),
    createImageBackup: field(backUpImage),
    createImageRestore: field(restoreImage),
  },
  edges: {
    Container: {
      madeFrom: edge('Image', operations.imagesByAddress, {
        arg: 'addresses',
        key: ({ host, imageId }: { host: string; imageId: string }) => `${host}/${imageId}`,
        back: ({ host, id }) => `${host}/${id}`,
      }),
    },
  },
});
