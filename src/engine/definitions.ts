import type { NetworkInspectInfo } from 'dockerode';
import { type Connection, patience } from './connection.ts';
import { definitionOf } from './container-definition.ts';
import type { ContainerDefinition, EndpointDefinition, NetworkDefinition } from './definition-objects.ts';
import type { Engine } from './engine.ts';
import { exceptStatus } from './except-status.ts';
import { objectPath } from './object-path.ts';

type DefinitionCalls = Pick<
  Engine,
  'containerDefinition' | 'createContainer' | 'discardContainer' | 'networkDefinition' | 'createNetwork'
>;

const gone = 404;
const taken = { 409: 'container_exists' } as const;

/** The part of an engine that tells what containers and networks are made from, and makes them. */
export function definitionCalls({ docker, ask }: Connection): DefinitionCalls {
  async function connect(container: string, network: string, endpoint: EndpointDefinition): Promise<void> {
    const body = { Container: container, EndpointConfig: endpointBody(endpoint) };
    await ask(patience.change, () => docker.getNetwork(objectPath(network)).connect(body));
  }

  return {
    async containerDefinition(id, names) {
      const found = await ask(patience.question, (abortSignal) =>
        docker.getContainer(objectPath(id)).inspect({ abortSignal }).catch(exceptStatus(gone)),
      );
      return found === undefined ? null : definitionOf(found, names);
    },

    async createContainer(definition, image) {
      const { endpoints, hostConfig } = definition;
      const main = Object.entries(endpoints).filter(([network]) => network === hostConfig['NetworkMode']);
      const others = Object.entries(endpoints).filter(([network]) => network !== hostConfig['NetworkMode']);
      const body = bodyOf(definition, image, main);
      const { id } = await ask(
        patience.change,
        (abortSignal) => docker.createContainer({ ...body, abortSignal }),
        taken,
      );
      // Engines before 25 take one network only when they make a container.
      for (const [network, endpoint] of others) await connect(id, network, endpoint);
      return id;
    },

    async discardContainer(id) {
      await ask(patience.lengthy, (abortSignal) =>
        docker.getContainer(objectPath(id)).remove({ force: true, v: true, abortSignal }).catch(exceptStatus(gone)),
      );
    },

    async networkDefinition(id) {
      const found: NetworkInspectInfo | undefined = await ask(patience.question, () =>
        docker.getNetwork(objectPath(id)).inspect().catch(exceptStatus(gone)),
      );
      return found === undefined ? null : networkOf(found);
    },

    async createNetwork({ name, driver, internal, attachable, ipv6, options, labels, ...addresses }) {
      const body = {
        Name: name,
        Driver: driver,
        Internal: internal,
        Attachable: attachable,
        EnableIPv6: ipv6,
        Options: { ...options },
        Labels: { ...labels },
        IPAM: {
          Driver: addresses.addressDriver,
          Options: { ...addresses.addressOptions },
          Config: addresses.subnets.map((subnet) => ({ ...subnet })),
        },
      };
      await ask(patience.change, (abortSignal) => docker.createNetwork({ ...body, abortSignal } as never), {
        409: 'network_exists',
      });
    },
  };
}

function bodyOf(
  { name, labels, config, hostConfig }: ContainerDefinition,
  image: string,
  main: readonly (readonly [string, EndpointDefinition])[],
) {
  const EndpointsConfig = Object.fromEntries(main.map(([network, endpoint]) => [network, endpointBody(endpoint)]));
  return {
    ...config,
    name,
    Image: image,
    Labels: { ...labels },
    HostConfig: { ...hostConfig },
    NetworkingConfig: { EndpointsConfig },
  };
}

function endpointBody({ aliases, links, addresses, options }: EndpointDefinition) {
  return {
    Aliases: [...aliases],
    Links: [...links],
    ...(addresses === null ? {} : { IPAMConfig: { ...addresses } }),
    DriverOpts: { ...options },
  };
}

function networkOf(found: NetworkInspectInfo): NetworkDefinition {
  const { Name, Driver, Internal, Attachable, EnableIPv6, Options, Labels, IPAM } = found;
  return {
    name: Name,
    driver: Driver,
    internal: Internal === true,
    attachable: Attachable === true,
    ipv6: EnableIPv6 === true,
    options: Options ?? {},
    labels: Labels ?? {},
    addressDriver: IPAM?.Driver ?? 'default',
    addressOptions: { ...IPAM?.Options },
    subnets: (IPAM?.Config ?? []).map((subnet) => ({ ...subnet })),
  };
}
