import { route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const volumeRoutes = [
  route(operations.listVolumes, 'GET', '/v1/volumes'),
  route(operations.listVolumes, 'GET', '/v1/hosts/:host/volumes'),
  route(operations.createVolume, 'POST', '/v1/hosts/:host/volumes', {
    status: 201,
    location: ({ host, name }) => `/v1/hosts/${host}/volumes/${name}`,
  }),
  route(operations.getVolume, 'GET', '/v1/hosts/:host/volumes/:name'),
  route(operations.listVolumeEvents, 'GET', '/v1/hosts/:host/volumes/:name/history'),
  route(operations.updateVolume, 'PATCH', '/v1/hosts/:host/volumes/:name'),
];
