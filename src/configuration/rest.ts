import { accepted, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const configurationRoutes = [
  route(
    operations.backUpProject,
    'POST',
    '/v1/hosts/:host/compose-projects/:composeProject/configuration-backups',
    accepted,
  ),
  route(operations.backUpHost, 'POST', '/v1/hosts/:host/configuration-backups', accepted),
  route(operations.restoreConfiguration, 'POST', '/v1/hosts/:host/configuration-restores', accepted),
];
