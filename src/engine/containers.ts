import type { ContainerInfo } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import { type ContainerDetail, containerDetails, type MountDetail } from './container-details.ts';
import type { Engine } from './engine.ts';
import type { EngineContainer, EngineMount } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';
import { isHelper } from './helper.ts';
import { objectPath } from './object-path.ts';

type ContainerCalls = Pick<
  Engine,
  'listContainers' | 'findContainer' | 'stopContainer' | 'startContainer' | 'pauseContainer'
>;

const missing = { 404: 'container_not_found' } as const;
const alreadySo = 304;
const gone = 404;

/** The part of an engine that is about containers. */
export function containerCalls(connection: Connection): ContainerCalls {
  const { docker, ask } = connection;
  const details = containerDetails(connection);
  const handle = (idOrName: string) => docker.getContainer(objectPath(idOrName));

  async function list(filters: Record<string, string[]>): Promise<EngineContainer[]> {
    const found = await ask(patience.question, (abortSignal) =>
      docker.listContainers({ all: true, filters, abortSignal }),
    );
    const known = await details.of(found.filter(({ Labels }) => !isHelper(Labels)).map(({ Id }) => Id));
    return found.map((container) => toContainer(container, known.get(container.Id) ?? noDetail));
  }

  async function isPaused(id: string): Promise<boolean> {
    const { State } = await ask(patience.question, (abortSignal) => handle(id).inspect({ abortSignal }), missing);
    return State.Paused;
  }

  return {
    async listContainers() {
      const containers = await list({});
      details.keepOnly(containers.map(({ id }) => id));
      return containers;
    },

    async findContainer(idOrName) {
      const found = await ask(patience.question, (abortSignal) =>
        handle(idOrName).inspect({ abortSignal }).catch(exceptStatus(gone)),
      );
      if (found === undefined) return null;
      details.learn(found);
      const listed = await list({ id: [found.Id] });
      return listed.find(({ id }) => id === found.Id) ?? null;
    },

    async stopContainer(id) {
      await ask(patience.lengthy, (abortSignal) =>
        handle(id).stop({ abortSignal }).catch(exceptStatus(alreadySo, gone)),
      );
    },

    async startContainer(id) {
      if (await isPaused(id)) await ask(patience.change, (abortSignal) => handle(id).unpause({ abortSignal }), missing);
      else
        await ask(
          patience.change,
          (abortSignal) => handle(id).start({ abortSignal }).catch(exceptStatus(alreadySo)),
          missing,
        );
    },

    async pauseContainer(id) {
      if (!(await isPaused(id)))
        await ask(patience.change, (abortSignal) => handle(id).pause({ abortSignal }), missing);
    },
  };
}

/** Of a helper, and of a container that went away between the list and its inspect. */
const noDetail: ContainerDetail = {
  createdAt: null,
  user: '',
  memoryLimitBytes: null,
  restartPolicy: 'no',
  usernsMode: '',
  tmpfs: [],
  mountOptions: new Map(),
};

function toContainer(container: ContainerInfo, { tmpfs, mountOptions, ...detail }: ContainerDetail): EngineContainer {
  const listed = (container.Mounts ?? []).filter(
    ({ Destination }) => !tmpfs.some(({ target }) => target === Destination),
  );
  return {
    ...detail,
    id: container.Id,
    name: (container.Names[0] ?? container.Id).replace(/^\//, ''),
    image: container.Image,
    imageId: container.ImageID,
    state: container.State,
    status: container.Status,
    labels: container.Labels ?? {},
    createdAt: detail.createdAt ?? new Date(container.Created * 1000),
    networkOf: /^container:(.+)$/.exec(container.HostConfig?.NetworkMode ?? '')?.[1] ?? null,
    mounts: [...listed.map((mount) => toMount(mount, mountOptions.get(mount.Destination))), ...tmpfs],
  };
}

function toMount(mount: ContainerInfo['Mounts'][number], detail: MountDetail | undefined): EngineMount {
  return {
    type: mount.Type,
    source: mount.Source,
    target: mount.Destination,
    volume: mount.Type === 'volume' ? mount.Name || anonymousNameOf(mount) : null,
    driver: mount.Driver || null,
    mode: mount.Mode,
    readOnly: !mount.RW,
    propagation: mount.Propagation,
    selinux: selinuxOf(mount.Mode),
    noCopy: detail?.noCopy ?? mount.Mode.split(',').includes('nocopy'),
    subpath: detail?.subpath ?? null,
    tmpfs: null,
  };
}

/** The engine does not name an anonymous volume that was asked for with `Binds`; its folder has its name. */
function anonymousNameOf({ Source }: ContainerInfo['Mounts'][number]): string | null {
  return /\/volumes\/([0-9a-f]{64})\/_data$/.exec(Source)?.[1] ?? null;
}

/** `z` relabels for all containers, `Z` for this one alone. */
function selinuxOf(mode: string): EngineMount['selinux'] {
  const words = mode.split(',');
  if (words.includes('Z')) return 'private';
  return words.includes('z') ? 'shared' : null;
}
