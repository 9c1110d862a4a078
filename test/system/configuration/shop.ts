import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Test } from 'tap';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { type Stowage, sharedStowage } from '../../machinery/stowage.ts';

const compose = 'com.docker.compose';
export const secret = 'a password in an environment';

/** A Compose-like project: a database that is waited for, a web server, and a sidecar in the network of that. */
export interface Shop {
  readonly docker: TestDocker;
  readonly stowage: Stowage;
  readonly project: string;
  readonly network: string;
  readonly volume: string;
  /** Names of the containers: database, web server, sidecar. */
  readonly names: readonly [string, string, string];
  readonly composeFile: string;
  /** Address of its backups. */
  readonly backups: string;
  /** Takes away all of it but the volume's data. */
  remove(): Promise<void>;
  inspect(name: string): Promise<Docker.ContainerInspectInfo>;
}

const forever = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

interface ShopWish {
  readonly stowage?: Stowage;
  /** What the database runs. */
  readonly database?: string;
  /** Of the database. */
  readonly healthcheck?: string;
  /** Path of the program of the database, which is put there. */
  readonly program?: string;
}

/** Makes a shop that runs. */
export async function openShop(
  t: Test,
  { stowage: given, database = forever, healthcheck = 'true', program }: ShopWish = {},
): Promise<Shop> {
  const docker = testDocker(t);
  const stowage = given ?? (await sharedStowage());
  const { helperImage, folder } = groundOfTests();
  const project = docker.name('shop');
  const network = `${project}_backend`;
  const volume = `${project}_data`;
  docker.willRemoveVolume(volume);
  const names = [`${project}-db`, `${project}-web`, `${project}-sidecar`] as const;
  const files = await mkdtemp(join(folder, 'compose-'));
  const composeFile = join(files, 'compose.yaml');
  await writeFile(composeFile, 'services: {}\n');
  const labels = (service: string, more: Record<string, string> = {}) => ({
    [`${compose}.project`]: project,
    [`${compose}.service`]: service,
    [`${compose}.container-number`]: '1',
    [`${compose}.project.config_files`]: composeFile,
    ...more,
  });
  const ofProject = { [`${compose}.project`]: project };
  await docker.engine.createVolume({ Name: volume, Labels: { ...ofProject, [`${compose}.volume`]: 'data' } });
  if (program !== undefined)
    await docker.run(volume, `printf '#!/bin/sh\\nexec sleep 600\\n' > ${program}; chmod 755 ${program}`);
  const subnet = `10.203.${Math.floor(Math.random() * 256)}`;
  await docker.engine.createNetwork({
    Name: network,
    Labels: { ...ofProject, [`${compose}.network`]: 'backend' },
    Internal: true,
    IPAM: { Driver: 'default', Config: [{ Subnet: `${subnet}.0/24` }] },
  });
  const make = async (name: string, service: string, options: Docker.ContainerCreateOptions) => {
    const made = await docker.engine.createContainer({
      name,
      Image: helperImage,
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: [forever],
      ...options,
      Labels: labels(service, options.Labels),
    });
    await made.start();
  };
  const endpoint = (address: number, ...Aliases: string[]) => ({
    [network]: { Aliases, IPAMConfig: { IPv4Address: `${subnet}.${address}` } },
  });
  const [db, web, sidecar] = names;
  await make(db, 'db', {
    Cmd: [database],
    ...(program === undefined ? {} : { Entrypoint: [program], Cmd: [] }),
    Env: [`PASSWORD=${secret}`],
    Healthcheck: { Test: ['CMD-SHELL', healthcheck], Interval: 500_000_000, StartPeriod: 120_000_000_000 },
    HostConfig: {
      NetworkMode: network,
      RestartPolicy: { Name: 'unless-stopped' },
      Memory: 64 * 1024 ** 2,
      Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }],
    },
    NetworkingConfig: { EndpointsConfig: endpoint(10, 'db', 'database') },
  });
  await make(web, 'web', {
    Labels: { [`${compose}.depends_on`]: 'db:service_healthy:false' },
    HostConfig: { NetworkMode: network, CapDrop: ['ALL'], ReadonlyRootfs: true },
    NetworkingConfig: { EndpointsConfig: endpoint(11, 'web') },
  });
  const { Id } = await docker.engine.getContainer(web).inspect();
  await make(sidecar, 'sidecar', { HostConfig: { NetworkMode: `container:${Id}` } });

  const removeContainers = async () => {
    for (const name of names.toReversed())
      await docker.engine.getContainer(name).remove({ force: true, v: true }).catch(unlessMissing);
  };
  const remove = async () => {
    await removeContainers();
    await docker.engine.getNetwork(network).remove().catch(unlessMissing);
  };
  t.teardown(async () => {
    await remove();
    await rm(files, { recursive: true, force: true });
  });
  await stowage.until(`/v1/hosts/local/containers?project=${project}`, ({ items }) => items.length === 3, 30);
  return {
    docker,
    stowage,
    project,
    network,
    volume,
    names,
    composeFile,
    backups: `/v1/hosts/local/compose-projects/${project}/configuration-backups`,
    remove,
    inspect: (name) => docker.engine.getContainer(name).inspect(),
  };
}

/** What of a container a restore must bring back. */
export function essence({ Name, Config, HostConfig, NetworkSettings, State, Mounts }: Docker.ContainerInspectInfo) {
  const networks = Object.entries(NetworkSettings.Networks).map(([name, { Aliases, IPAddress }]) => ({
    name,
    aliases: (Aliases ?? []).toSorted(),
    IPAddress,
  }));
  const { Hostname: _own, Labels, ...config } = Config;
  const { 'stowage.restored-by': _mark, ...labels } = Labels;
  const { NetworkMode, ...host } = HostConfig;
  return {
    Name,
    config,
    labels,
    host,
    isOthers: NetworkMode?.startsWith('container:'),
    networks,
    running: State.Running,
    mounts: Mounts.map(({ Name: volume, Destination }) => ({ volume, Destination })),
  };
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
}
