import { hostname } from 'node:os';
import type { Reader } from '../database/client.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { composeLabels } from '../hosts/read.ts';

/** Those of the containers that are this process, or of its Compose project: Stowage does not stop itself, nor its database. */
export async function ownAmong<Container extends Pick<EngineContainer, 'id' | 'labels'>>(
  db: Reader,
  hostName: string,
  containers: readonly Container[],
): Promise<Container[]> {
  // Docker calls a container by the first digits of its id.
  if (!/^[0-9a-f]{12}$/.test(hostname())) return [];
  const select = { id: true, composeProject: true } as const;
  const own = await db.container.findFirst({ where: { hostName, id: { startsWith: hostname() } }, select });
  if (own === null) return [];
  return containers.filter(
    ({ id, labels }) =>
      id === own.id || (own.composeProject !== null && labels[composeLabels.project] === own.composeProject),
  );
}
