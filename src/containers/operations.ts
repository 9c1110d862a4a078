import { requireHost } from '../hosts/read.ts';
import { query } from '../operation.ts';
import { HostName, object, ProjectName, paging, T } from '../schema.ts';
import { VolumeName } from '../volumes/model.ts';
import { Container, ContainerAddress, ContainerPage, ContainerState } from './model.ts';
import { containerTarget, findContainer } from './read.ts';
import * as store from './store.ts';

export const listContainers = query('containers.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the containers of a host',
  input: object({
    host: HostName,
    state: T.Optional(ContainerState),
    project: T.Optional(ProjectName),
    volume: T.Optional(VolumeName),
    ...paging,
  }),
  output: ContainerPage,
  async run({ ports, scope }, { limit = 50, cursor, ...filter }) {
    await requireHost(ports.db, filter.host);
    return await store.listContainers(ports.db, scope, filter, limit, cursor);
  },
});

export const getContainer = query('containers.get', {
  permission: 'read',
  reach: containerTarget,
  summary: 'Read a container',
  input: object({ host: HostName, container: ContainerAddress }),
  output: Container,
  async run({ ports }, { host, container }) {
    const found = await findContainer(ports.db, host, container);
    if (found === null) throw containerTarget.absent({ host, container });
    return found;
  },
});

export const containersByAddress = query('containers.byAddress', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'The container that has it mounted; null when the caller may not see it.',
  input: object({ addresses: T.Array(T.String(), { maxItems: 1000, description: '`host/id`' }) }),
  output: T.Array(Container),
  run: ({ ports, scope }, { addresses }) => store.containersByAddress(ports.db, scope, addresses),
});
