import type { EngineContainer, EngineVolume } from '../engine/engine-objects.ts';
import { isHelper } from '../engine/helper.ts';
import type { VolumeKind } from '../volumes/model.ts';
import { attributesOf, composeLabels } from './attributes.ts';

/** What one look at an engine saw: of everything, or of what was asked for by name or id. */
export interface Look {
  readonly volumes: Looked<EngineVolume>;
  readonly containers: Looked<EngineContainer>;
  /** The drivers that the engine has; null when it was not asked. Of others it lists no volumes, which are there all the same. */
  readonly drivers: readonly string[] | null;
}

export interface Looked<Seen> {
  /** Null: everything was listed. What was asked for and is not found is gone. */
  readonly asked: readonly string[] | null;
  readonly found: readonly Seen[];
}

/** When the engine told of the making of volumes, by name. */
export type Announcements = ReadonlyMap<string, Date>;

/** What the tables hold of a look, with the names of their columns. */
export interface InventoryRows {
  readonly volumes: readonly object[];
  readonly containers: readonly object[];
  readonly mounts: readonly object[];
  readonly volumeNames: readonly string[];
  readonly containerIds: readonly string[];
  readonly mountedNames: readonly string[];
}

/** Helpers are not part of an inventory. */
export function toInventoryRows({ volumes, containers }: Look): InventoryRows {
  const others = containers.found.filter(({ labels }) => !isHelper(labels));
  return {
    volumes: volumes.found.map(volumeRow),
    containers: others.map(containerRow),
    mounts: others.flatMap(mountRows),
    volumeNames: volumes.found.map(({ name }) => name),
    containerIds: others.map(({ id }) => id),
    mountedNames: [...new Set(others.flatMap(({ mounts }) => mounts.flatMap(({ volume }) => volume ?? [])))],
  };
}

/** A volume that a container made for itself has a name of 64 hex digits. */
export function kindOf(name: string): VolumeKind {
  return /^[0-9a-f]{64}$/.test(name) ? 'anonymous' : 'named';
}

function volumeRow({ createdAt, ...volume }: EngineVolume): object {
  return { ...volume, kind: kindOf(volume.name), created_at: createdAt, ...attributesOf(volume.labels) };
}

function containerRow(container: EngineContainer): object {
  const { id, name, image, imageId, state, status, labels, createdAt } = container;
  const { project, environment } = attributesOf(labels);
  const compose = {
    compose_project: labels[composeLabels.project] ?? null,
    compose_service: labels[composeLabels.service] ?? null,
  };
  return {
    id,
    name,
    image,
    image_id: imageId,
    state,
    status,
    labels,
    created_at: createdAt,
    project,
    environment,
    ...compose,
    user: container.user,
    memory_limit_bytes: container.memoryLimitBytes,
    restart_policy: container.restartPolicy,
    userns_mode: container.usernsMode,
  };
}

function mountRows({ id, mounts }: EngineContainer): object[] {
  // A target counts once, whatever the engine says: it is the key of the row.
  const byTarget = new Map(mounts.map((mount) => [mount.target, mount]));
  return [...byTarget.values()].map(({ volume, readOnly, noCopy, ...mount }) => ({
    ...mount,
    container_id: id,
    volume_name: volume,
    read_only: readOnly,
    no_copy: noCopy,
  }));
}
