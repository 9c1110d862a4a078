import type { ContainerInfo } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';
import { exceptStatus } from './except-status.ts';
import { objectPath } from './object-path.ts';

type NetworkCalls = Pick<Engine, 'listNetworks' | 'removeNetwork'>;

const predefined = ['bridge', 'host', 'none', 'ingress', 'docker_gwbridge'];

/** The part of an engine that is about networks. */
export function networkCalls({ docker, ask }: Connection): NetworkCalls {
  return {
    async listNetworks() {
      const [found, containers] = await ask(patience.question, (abortSignal) =>
        Promise.all([docker.listNetworks({ abortSignal }), docker.listContainers({ all: true, abortSignal })]),
      );
      return found.map(({ Id, Name, Driver, Labels, Created }) => ({
        id: Id,
        name: Name,
        driver: Driver,
        labels: Labels ?? {},
        createdAt: Created ? new Date(Created) : null,
        isPredefined: predefined.includes(Name),
        containers: containers.filter((container) => isAttached(container, Id, Name)).map(nameOf),
      }));
    },

    async removeNetwork(id) {
      await ask(patience.change, (abortSignal) =>
        docker.getNetwork(objectPath(id)).remove({ abortSignal }).catch(exceptStatus(404)),
      );
    },
  };
}

/** The engine itself counts the containers that run; one that is stopped could not start again without its network. */
function isAttached({ HostConfig, NetworkSettings }: ContainerInfo, id: string, name: string): boolean {
  const attachments = Object.entries(NetworkSettings?.Networks ?? {}).flatMap(([key, { NetworkID }]) => [
    key,
    NetworkID,
  ]);
  return [HostConfig.NetworkMode, ...attachments].some((named) => named === name || named === id);
}

function nameOf({ Id, Names }: ContainerInfo): string {
  return (Names[0] ?? Id).replace(/^\//, '');
}
