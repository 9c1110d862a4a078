import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';
import { exceptStatus } from './except-status.ts';

type NetworkCalls = Pick<Engine, 'listNetworks' | 'removeNetwork'>;

const predefined = ['bridge', 'host', 'none', 'ingress', 'docker_gwbridge'];

/** The part of an engine that is about networks. */
export function networkCalls({ docker, ask }: Connection): NetworkCalls {
  return {
    async listNetworks() {
      const found = await ask(patience.question, (abortSignal) => docker.listNetworks({ abortSignal }));
      return found.map(({ Id, Name, Driver, Labels, Created }) => ({
        id: Id,
        name: Name,
        driver: Driver,
        labels: Labels ?? {},
        createdAt: Created ? new Date(Created) : null,
        isPredefined: predefined.includes(Name),
      }));
    },

    async removeNetwork(id) {
      await ask(patience.change, (abortSignal) =>
        docker.getNetwork(encodeURIComponent(id)).remove({ abortSignal }).catch(exceptStatus(404)),
      );
    },
  };
}
