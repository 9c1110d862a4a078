import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerDefinition, EndpointDefinition } from './definition-objects.ts';

const shortIdLength = 12;
const predefined: readonly string[] = ['default', 'bridge', 'host', 'none'];
const ofContainer = 'container:';

type Values = Readonly<Record<string, unknown>>;

/**
 * What a container is made from, out of what an inspect says. `names`: of containers by their id, since a definition must not name
 * ids, which nothing has again. What the engine has chosen itself is left out where that can be told.
 */
export function definitionOf(found: ContainerInspectInfo, names: ReadonlyMap<string, string>): ContainerDefinition {
  const name = found.Name.replace(/^\//, '');
  const { Image: reference, Labels: labels, ...config }: Values & ContainerInspectInfo['Config'] = found.Config;
  const networks = found.NetworkSettings?.Networks ?? {};
  const hostConfig = hostConfigOf(found, names);
  const mode = String(hostConfig['NetworkMode'] ?? '');
  const own = Object.entries(networks).filter(([network]) => !predefined.includes(network));
  return {
    name,
    image: { id: found.Image, reference },
    state: found.State.Status,
    labels: labels ?? {},
    config: configOf(config, found.Id, mode),
    hostConfig,
    endpoints: Object.fromEntries(own.map(([network, one]) => [network, endpointOf(one, found.Id, name)])),
    volumes: (found.Mounts ?? []).flatMap((mount) => (mount.Type === 'volume' && mount.Name ? [mount.Name] : [])),
    needs: needsOf(hostConfig),
  };
}

/** A host name that is only the container's id would be another one's; with the network of somebody else it is refused, as are ports. */
function configOf(config: Values, id: string, mode: string): Values {
  const isOthers = mode.startsWith(ofContainer);
  const isChosen = config['Hostname'] === id.slice(0, shortIdLength) || isOthers || mode === 'host';
  const left = isChosen ? ['Hostname', 'Domainname'] : [];
  return without(config, [...left, ...(isOthers ? ['ExposedPorts'] : [])]);
}

function hostConfigOf(found: ContainerInspectInfo, names: ReadonlyMap<string, string>): Values {
  const given: Values = { ...found.HostConfig };
  const networks = Object.entries(found.NetworkSettings?.Networks ?? {});
  const byId = networks.find(([, { NetworkID }]) => NetworkID === given['NetworkMode'])?.[0];
  const named = (value: unknown) => nameIn(value, names);
  const mounts = mountsOf(found);
  const from = listOf(given['VolumesFrom']).map((text) => volumesFromOf(text, names));
  const links = listOf(given['Links']).map(linkOf);
  return {
    ...without(given, ['ContainerIDFile', 'Mounts', 'VolumesFrom', 'Links']),
    NetworkMode: byId ?? named(given['NetworkMode']),
    IpcMode: named(given['IpcMode']),
    PidMode: named(given['PidMode']),
    ...(mounts.length === 0 ? {} : { Mounts: mounts }),
    ...(from.length === 0 ? {} : { VolumesFrom: from }),
    ...(links.length === 0 ? {} : { Links: links }),
  };
}

/** An anonymous volume is mounted again by its name, as long as it is there. */
function mountsOf({ HostConfig, Mounts = [] }: ContainerInspectInfo): unknown[] {
  const given: Values[] = (HostConfig.Mounts ?? []).map((mount) => ({ ...mount }));
  const bound = listOf(HostConfig.Binds).map((bind) => bind.split(':')[1] ?? bind);
  const volumeAt = new Map(
    Mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name ? [[mount.Destination, mount] as const] : [])),
  );
  const completed = given.map((mount) => {
    const volume = volumeAt.get(String(mount['Target']));
    return mount['Type'] === 'volume' && !mount['Source'] ? { ...mount, Source: volume?.Name ?? '' } : mount;
  });
  const asked = new Set([...bound, ...given.map((mount) => String(mount['Target']))]);
  const anonymous = [...volumeAt.values()].filter(({ Destination }) => !asked.has(Destination));
  const added = anonymous.map(({ Name, Destination, RW }) => ({
    Type: 'volume',
    Source: Name,
    Target: Destination,
    ReadOnly: !RW,
  }));
  return [...completed, ...added];
}

type RawEndpoint = ContainerInspectInfo['NetworkSettings']['Networks'][string];

/** The engine adds aliases of its own: the id, and in older ones the name. */
function endpointOf(
  { Aliases, Links, IPAMConfig, ...rest }: RawEndpoint,
  id: string,
  name: string,
): EndpointDefinition {
  const own = [id.slice(0, shortIdLength), name];
  const options: unknown = 'DriverOpts' in rest ? rest.DriverOpts : null;
  const addresses: Values = { ...Object(IPAMConfig) };
  return {
    aliases: listOf(Aliases).filter((alias) => !own.includes(alias)),
    links: listOf(Links).map(linkOf),
    addresses: Object.keys(addresses).length === 0 ? null : addresses,
    options: { ...Object(options) },
  };
}

function needsOf(hostConfig: Values): string[] {
  const modes = ['NetworkMode', 'IpcMode', 'PidMode'].map((field) => String(hostConfig[field] ?? ''));
  const ofModes = modes.filter((mode) => mode.startsWith(ofContainer)).map((mode) => mode.slice(ofContainer.length));
  const from = listOf(hostConfig['VolumesFrom']).map((text) => text.split(':')[0] ?? text);
  const linked = listOf(hostConfig['Links']).map((text) => text.split(':')[0] ?? text);
  return [...new Set([...ofModes, ...from, ...linked])];
}

function nameIn(mode: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof mode !== 'string' || !mode.startsWith(ofContainer)) return mode;
  const other = mode.slice(ofContainer.length);
  return `${ofContainer}${names.get(other) ?? other}`;
}

function volumesFromOf(text: string, names: ReadonlyMap<string, string>): string {
  const [other = '', ...mode] = text.split(':');
  return [names.get(other) ?? other, ...mode].join(':');
}

/** Inspected as `/other:/this/alias`, asked for as `other:alias`. */
function linkOf(text: string): string {
  const [other = '', alias = ''] = text.split(':');
  return `${other.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`;
}

function listOf(values: unknown): string[] {
  return Array.isArray(values) ? values.map(String) : [];
}

function without(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
