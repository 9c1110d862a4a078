import type { ContainerInfo } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import { containerDetails } from './container-details.ts';
import { type Engine, type EngineContainer, type EngineMount, isHelper } from './engine.ts';
import { exceptStatus } from './except-status.ts';

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
  // dockerode puts an id or name into the path as it is.
  const handle = (idOrName: string) => docker.getContainer(encodeURIComponent(idOrName));

  async function list(filters: Record<string, string[]>): Promise<EngineContainer[]> {
    const found = await ask(patience.question, (abortSignal) =>
      docker.listContainers({ all: true, filters, abortSignal }),
    );
    const tmpfs = await details.tmpfsMounts(found.filter(({ Labels }) => !isHelper(Labels)).map(({ Id }) => Id));
    return found.map((container) => toContainer(container, tmpfs.get(container.Id) ?? []));
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

function toContainer(container: ContainerInfo, tmpfs: readonly EngineMount[]): EngineContainer {
  const listed = (container.Mounts ?? []).filter(
    ({ Destination }) => !tmpfs.some(({ target }) => target === Destination),
  );
  return {
    id: container.Id,
    name: (container.Names[0] ?? container.Id).replace(/^\//, ''),
    image: container.Image,
    imageId: container.ImageID,
    state: container.State,
    status: container.Status,
    labels: container.Labels ?? {},
    createdAt: new Date(container.Created * 1000),
    mounts: [...listed.map(toMount), ...tmpfs],
  };
}

function toMount(mount: ContainerInfo['Mounts'][number]): EngineMount {
  return {
    type: mount.Type,
    source: mount.Source,
    target: mount.Destination,
    volume: mount.Type === 'volume' ? (mount.Name ?? null) : null,
    driver: mount.Driver || null,
    mode: mount.Mode,
    readOnly: !mount.RW,
    propagation: mount.Propagation,
    tmpfs: null,
  };
}
