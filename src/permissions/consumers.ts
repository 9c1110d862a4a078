import type { Engine } from '../engine/engine.ts';
import type { EngineContainer, EngineContainerIdentity, EngineMount, EngineVolume } from '../engine/engine-objects.ts';
import { isHelper } from '../engine/helper.ts';
import { attributesOf } from '../hosts/read.ts';
import { effectiveCapabilities, type FileCapability } from './capabilities.ts';
import { type ContainerUser, resolveUser, type UserFiles } from './resolve-user.ts';

/** One mount of a volume by a container in any state. */
export interface Consumer {
  readonly containerId: string;
  readonly name: string;
  readonly image: string;
  readonly project: string | null;
  readonly state: string;
  readonly target: string;
  /** Folder of the volume; empty for its root. */
  readonly folder: string;
  readonly readOnly: boolean;
  /** Its users are those of the host even where the engine maps them. */
  readonly sharesUsers: boolean;
  readonly user: ContainerUser | null;
  readonly capabilities: readonly FileCapability[];
  readonly from: string;
  /** Why the user is not known. */
  readonly problem: string | null;
  readonly files: UserFiles;
}

/** Everyone who has the volume, asked of the engine; a container that goes away meanwhile is left out. */
export async function consumersOf(engine: Engine, volume: EngineVolume): Promise<Consumer[]> {
  const containers = (await engine.listContainers()).filter(({ labels }) => !isHelper(labels));
  const consumers: Consumer[] = [];
  for (const container of containers) {
    const mounts = container.mounts.flatMap((mount) => {
      const folder = folderOf(mount, volume);
      return folder === null ? [] : [{ mount, folder }];
    });
    if (mounts.length === 0) continue;
    const who = await identify(engine, container);
    if (who === null) continue;
    for (const { mount, folder } of mounts) consumers.push({ ...who, ...about(container, mount), folder });
  }
  return consumers;
}

function about({ id, name, image, labels, state }: EngineContainer, { target, readOnly }: EngineMount) {
  return { containerId: id, name, image, state, target, readOnly, project: attributesOf(labels).project };
}

/** Which folder of the volume a mount has, also of a bind that leads into it; null for none. */
export function folderOf(
  { type, volume: name, source, subpath }: Pick<EngineMount, 'type' | 'volume' | 'source' | 'subpath'>,
  volume: Pick<EngineVolume, 'name' | 'mountpoint'>,
): string | null {
  if (name !== null) return name === volume.name ? (subpath ?? '') : null;
  const { mountpoint } = volume;
  if (type !== 'bind' || mountpoint === '') return null;
  if (source === mountpoint) return '';
  return source.startsWith(`${mountpoint}/`) ? source.slice(mountpoint.length + 1) : null;
}

type Identity = Pick<Consumer, 'user' | 'capabilities' | 'from' | 'problem' | 'sharesUsers' | 'files'>;

async function identify(engine: Engine, { id }: EngineContainer): Promise<Identity | null> {
  const identity = await engine.containerIdentity(id);
  if (identity === null) return null;
  const files = await userFiles(engine, id);
  const shared = { from: identity.user, sharesUsers: identity.usernsMode === 'host', files };
  const user = resolveUser(identity.user, identity.groupAdd, files);
  if (typeof user === 'string') return { ...shared, user: null, capabilities: [], problem: user };
  return { ...shared, user, capabilities: effectiveCapabilities(wishOf(identity), user.uid), problem: null };
}

function wishOf({ privileged, capabilitiesAdded, capabilitiesDropped }: EngineContainerIdentity) {
  return { privileged, add: capabilitiesAdded, drop: capabilitiesDropped };
}

/** A file of the image that was mounted over by the container is read as the container has it. */
async function userFiles(engine: Engine, id: string): Promise<UserFiles> {
  const [passwd, group] = await Promise.all([
    engine.readContainerFile(id, '/etc/passwd'),
    engine.readContainerFile(id, '/etc/group'),
  ]);
  return { passwd, group };
}
