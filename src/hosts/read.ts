import type { Ports } from '../context.ts';
import type { Reader } from '../database/client.ts';
import { type Failure, fail } from '../errors.ts';
import { keysByHost } from './address.ts';
import {
  type Attributes,
  attributeLabels,
  attributesOf,
  backupLabels,
  composeLabels,
  hookLabels,
  labelsOf,
} from './attributes.ts';
import { boundFolderOf, hostPathOf } from './bound-folder.ts';
import { freshPaths, socketPaths } from './fresh-paths.ts';
import { type HostPath, hostPathKey, pathFactsOf } from './host-paths.ts';
import { type InventoryPorts, inventoryOf } from './inventory.ts';
import { kindOf } from './inventory-rows.ts';
import type { Host } from './model.ts';
import { PathFacts, parsePathFacts } from './path-facts.ts';
import { probePaths } from './probe-paths.ts';
import { findHost, listHosts, saveHost } from './store.ts';
import { type EngineIds, type HostUser, hostUserOf, type IdOffsets, idOffsetsOf, idsOf } from './user-namespace.ts';

export {
  type Attributes,
  attributeLabels,
  attributesOf,
  backupLabels,
  boundFolderOf,
  composeLabels,
  type EngineIds,
  freshPaths,
  type HostPath,
  type HostUser,
  hookLabels,
  hostPathKey,
  hostPathOf,
  hostUserOf,
  type IdOffsets,
  idOffsetsOf,
  idsOf,
  keysByHost,
  kindOf,
  labelsOf,
  PathFacts,
  parsePathFacts,
  pathFactsOf,
  probePaths,
  socketPaths,
};

/** Makes a host known before it is watched. Credentials in the endpoint are not written down. */
export async function ensureHost(
  { db }: Pick<Ports, 'db'>,
  { name, endpoint }: { name: string; endpoint: string },
): Promise<void> {
  await saveHost(db, name, withoutCredentials(endpoint));
}

/** Throws `host_not_found`. */
export async function requireHost(db: Reader, name: string): Promise<void> {
  if ((await findHost(db, name)) === null) throw hostNotFound(name);
}

/**
 * The host that a caller means: the named one, else the only one there is. Throws `host_not_found`, and `invalid_input`
 * when there are several to choose from.
 */
export async function chooseHost(db: Reader, name: string | undefined): Promise<Host> {
  if (name !== undefined) {
    const named = await findHost(db, name);
    if (named === null) throw hostNotFound(name);
    return named;
  }
  const [only, another] = (await listHosts(db, 2)).items;
  if (only === undefined) throw fail('host_not_found', 'There is no host yet.');
  if (another === undefined) return only;
  const issue = { path: '/host', rule: 'required', message: 'must be given: there are several hosts' };
  throw fail('invalid_input', { detail: `${issue.path}: ${issue.message}`, errors: [issue] });
}

export function hostNotFound(name: string): Failure {
  return fail('host_not_found', `There is no host "${name}".`);
}

/**
 * Looks at a volume of the engine again, so that the very next read sees what was done to it. Throws `host_not_found`
 * and `host_unavailable`.
 */
export async function refreshVolume(ports: InventoryPorts, host: string, name: string): Promise<void> {
  await inventoryOf(ports, host).refresh([name], []);
}

/** As {@link refreshVolume}, for a container (id). */
export async function refreshContainer(ports: InventoryPorts, host: string, id: string): Promise<void> {
  await inventoryOf(ports, host).refresh([], [id]);
}

function withoutCredentials(endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url === null || (url.username === '' && url.password === '')) return endpoint;
  url.username = '';
  url.password = '';
  return url.href;
}
