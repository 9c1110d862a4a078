import { query } from '../operation.ts';
import { HostName, object, paging, T } from '../schema.ts';
import { Host, HostPage } from './model.ts';
import { hostNotFound } from './read.ts';
import * as store from './store.ts';

export const listHosts = query('hosts.list', {
  permission: 'read',
  reach: 'anything',
  summary: 'List the hosts',
  input: object({ ...paging }),
  output: HostPage,
  run: ({ ports }, { limit = 50, cursor }) => store.listHosts(ports.db, limit, cursor),
});

export const getHost = query('hosts.get', {
  permission: 'read',
  reach: 'anything',
  summary: 'Read a host',
  description: 'Its state, its engine, and how old the inventory is that everything about it is read from.',
  input: object({ host: HostName }),
  output: Host,
  async run({ ports }, { host: name }) {
    const host = await store.findHost(ports.db, name);
    if (host === null) throw hostNotFound(name);
    return host;
  },
});

export const hostsByName = query('hosts.byName', {
  internal: true,
  permission: 'read',
  reach: 'anything',
  summary: 'The host that it is on.',
  input: object({ names: T.Array(HostName, { maxItems: 1000 }) }),
  output: T.Array(Host),
  run: ({ ports }, { names }) => store.hostsByName(ports.db, names),
});
