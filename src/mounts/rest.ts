import { inquiry, route } from '../server/rest-binding.ts';
import * as operations from './operations.ts';

export const mountRoutes = [
  route(operations.listMounts, 'GET', '/v1/mounts'),
  route(operations.listContainerMounts, 'GET', '/v1/hosts/:host/containers/:container/mounts'),
  inquiry(operations.evaluateMounts, '/v1/mount-evaluations'),
  route(operations.getMountAdvice, 'GET', '/v1/mount-advice'),
  route(operations.listMountPresets, 'GET', '/v1/mount-presets'),
  route(operations.createMountPreset, 'POST', '/v1/mount-presets', {
    status: 201,
    location: ({ name }) => `/v1/mount-presets/${name}`,
  }),
  route(operations.getMountPreset, 'GET', '/v1/mount-presets/:preset'),
  route(operations.updateMountPreset, 'PATCH', '/v1/mount-presets/:preset'),
  route(operations.deleteMountPreset, 'DELETE', '/v1/mount-presets/:preset'),
];
