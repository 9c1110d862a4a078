import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const repositoryRoutes = [
  route(operations.listRepositories, 'GET', '/v1/repositories'),
  route(operations.createRepository, 'POST', '/v1/repositories', {
    status: 201,
    location: ({ id }) => `/v1/repositories/${id}`,
  }),
  route(operations.getRepository, 'GET', '/v1/repositories/:repository'),
  route(operations.updateRepository, 'PATCH', '/v1/repositories/:repository'),
  route(operations.deleteRepository, 'DELETE', '/v1/repositories/:repository'),
  route(operations.testRepository, 'POST', '/v1/repositories/:repository/tests', accepted),
  route(operations.checkRepository, 'POST', '/v1/repositories/:repository/checks', accepted),
  route(operations.pruneRepository, 'POST', '/v1/repositories/:repository/prunes', accepted),
  route(operations.importRepository, 'POST', '/v1/repositories/:repository/imports', accepted),
  route(operations.measureRepository, 'POST', '/v1/repositories/:repository/measurements', accepted),
  route(operations.rotatePassword, 'POST', '/v1/repositories/:repository/password-rotations', accepted),
  route(operations.revealPassword, 'POST', '/v1/repositories/:repository/password'),
];
