import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const directoryRoutes = [
  route(operations.createProjectDirectories, 'POST', '/v1/hosts/:host/project-directories', accepted),
];
