import { edge, field, graphql } from '../server/graphql-binding.ts';
import * as operations from './operations.ts';

export const repositoryGraphql = graphql({
  Query: {
    repositories: field(operations.listRepositories),
    repository: field(operations.getRepository, { nullable: true }),
  },
  Mutation: {
    createRepository: field(operations.createRepository),
    updateRepository: field(operations.updateRepository),
    deleteRepository: field(operations.deleteRepository),
    testRepository: field(operations.testRepository),
    checkRepository: field(operations.checkRepository),
    pruneRepository: field(operations.pruneRepository),
    importRepository: field(operations.importRepository),
    measureRepository: field(operations.measureRepository),
    rotateRepositoryPassword: field(operations.rotatePassword),
    revealRepositoryPassword: field(operations.revealPassword),
  },
  edges: {
    Snapshot: {
      repository: edge('Repository!', operations.repositoriesOfSnapshots, {
        arg: 'ids',
        key: (snapshot: { repositoryId: string }) => snapshot.repositoryId,
        back: ({ id }) => id,
      }),
    },
  },
});
