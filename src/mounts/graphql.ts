import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const mountGraphql = graphql({
  Query: {
    mounts: field(operations.listMounts),
    containerMounts: field(operations.listContainerMounts),
    mountEvaluation: field(operations.evaluateMounts),
    mountAdvice: field(operations.getMountAdvice),
    mountPresets: field(operations.listMountPresets),
    mountPreset: field(operations.getMountPreset, { nullable: true }),
  },
  Mutation: {
    createMountPreset: field(operations.createMountPreset),
    updateMountPreset: field(operations.updateMountPreset),
    deleteMountPreset: field(operations.deleteMountPreset),
  },
  edges: {
    Volume: {
      mounts: edge('[Mount!]!', operations.mountsOfVolumes, {
        arg: 'volumes',
        key: ({ host, name }: { host: string; name: string }) => `${host}/${name}`,
        back: ({ host, volume }) => `${host}/${volume}`,
      }),
    },
    Container: {
      mounts: edge('[Mount!]!', operations.mountsOfContainers, {
        arg: 'containers',
        key: ({ host, id }: { host: string; id: string }) => `${host}/${id}`,
        back: ({ host, container }) => `${host}/${container.id}`,
      }),
    },
  },
});
