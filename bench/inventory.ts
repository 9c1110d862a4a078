import Docker from 'dockerode';
import { groundOfTests } from '../test/machinery/ground-environment.ts';
import { latenciesDuring, latenciesOf, millisecondsOf } from './latencies.ts';
import { startServer } from './server.ts';

type Server = Awaited<ReturnType<typeof startServer>>;
type Print = (line: string) => void;

const small = { volumes: 100, containers: 10 };
const large = { volumes: 5_000, containers: 500 };
/** Volumes, and a tmpfs without a size that findings are about. */
const volumesEach = 2;
const mountsEach = volumesEach + 1;
const page = 100;
/** Measuring the space is work of another kind, and would count for both. */
const unmeasured = { STOWAGE_MEASURE_SECONDS: '0' };
/** Often enough that a full list is under way nearly all the time. */
const busySettings = { ...unmeasured, STOWAGE_INVENTORY_SECONDS: '1' };
const calmSettings = { ...unmeasured, STOWAGE_INVENTORY_SECONDS: '3600' };
const graph = `{ volumes(limit: 50) { items { name mounts { target mountedBy { name } findings { rule } } findings { rule } newestSnapshots { id } } } }`;

/** Reading the inventory through the API against asking the engine, from 100 to 5,000 volumes. */
export async function benchInventory(print: Print): Promise<void> {
  const { dockerHost } = groundOfTests();
  const engine = new Docker({ socketPath: new URL(dockerHost).pathname });
  const server = await startServer(calmSettings);
  let few: Reads;
  let many: Reads;
  try {
    await fill(engine, { volumes: 0, containers: 0 }, small);
    await settled(server, small);
    few = await reads(server);
    const seconds = (await millisecondsOf(() => fill(engine, small, large))) / 1000;
    print(`made ${large.volumes} volumes and ${large.containers} containers in ${seconds.toFixed(0)} s`);
    await settled(server, large);
    many = await reads(server);
    for (const [name, reading] of Object.entries(many)) {
      const before = few[name as keyof Reads];
      print(
        `${name}: ${reading.toFixed(1)} ms with ${large.volumes} volumes, ${before.toFixed(1)} ms with ${small.volumes}, ratio ${(reading / before).toFixed(2)}`,
      );
    }
    await against(engine, many, print);
    await events(server, engine, print);
  } finally {
    await server.stop();
  }
  await resyncs(print);
}

interface Reads {
  readonly 'page of 100 volumes': number;
  readonly 'page of 100 mounts with findings': number;
  readonly 'GraphQL, 50 volumes with mounts, containers, findings, snapshots': number;
}

/** Medians in milliseconds. */
async function reads(server: Server): Promise<Reads> {
  const median = async (call: () => Promise<unknown>) => (await latenciesOf(call, 100)).median;
  return {
    'page of 100 volumes': await median(() => server.get(`/v1/volumes?limit=${page}`)),
    'page of 100 mounts with findings': await median(() => server.get(`/v1/mounts?limit=${page}`)),
    'GraphQL, 50 volumes with mounts, containers, findings, snapshots': await median(async () => {
      const { errors } = await server.graphql(graph);
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
    }),
  };
}

/** The engine's own way to the same: the list of all volumes, and an inspect of each container. */
async function against(engine: Docker, ours: Reads, print: Print): Promise<void> {
  const list = await latenciesOf(() => engine.listVolumes(), 10);
  const inspects = await latenciesOf(() => inspectAll(engine), 3);
  const theirs = list.median + inspects.median;
  const own = ours['page of 100 volumes'] + ours['page of 100 mounts with findings'];
  print(
    `the engine: GET /volumes ${list.median.toFixed(0)} ms, inspect of each container ${inspects.median.toFixed(0)} ms; Stowage ${own.toFixed(1)} ms, ratio ${(theirs / own).toFixed(0)} to 1`,
  );
}

async function inspectAll(engine: Docker): Promise<void> {
  for (const { Id } of await engine.listContainers({ all: true })) await engine.getContainer(Id).inspect();
}

/** From the making of a volume to its being in the inventory. */
async function events(server: Server, engine: Docker, print: Print): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const name = `event-${round}`;
    await engine.createVolume({ Name: name });
    times.push(await millisecondsOf(() => server.until(`/v1/volumes?name=${name}`, ({ items }) => items.length === 1)));
    await engine.getVolume(name).remove();
  }
  times.sort((one, other) => one - other);
  print(`an event is in the inventory after ${times[10]?.toFixed(0)} ms (median), ${times[19]?.toFixed(0)} ms at most`);
}

/** Reads while full lists go on, against reads without. */
async function resyncs(print: Print): Promise<void> {
  const measure = async (settings: Record<string, string>) => {
    const server = await startServer(settings);
    try {
      await settled(server, large);
      const latencies = await latenciesDuring(() => server.get(`/v1/volumes?limit=${page}`), 30);
      return { latencies, metrics: await metricsOf(server) };
    } finally {
      await server.stop();
    }
  };
  const calm = await measure(calmSettings);
  const busy = await measure(busySettings);
  print(
    `reads during full lists: p99 ${busy.latencies.p99.toFixed(1)} ms, without ${calm.latencies.p99.toFixed(1)} ms, ratio ${(busy.latencies.p99 / calm.latencies.p99).toFixed(2)}; medians ${busy.latencies.median.toFixed(1)} and ${calm.latencies.median.toFixed(1)} ms`,
  );
  const [sum, count] = ['sum', 'count'].map((part) =>
    numberIn(busy.metrics, `stowage_inventory_sync_duration_seconds_${part}`),
  );
  print(`${count} full lists of ${large.volumes} volumes, ${((sum ?? 0) / (count ?? 1)).toFixed(2)} s each`);
}

async function metricsOf(server: Server): Promise<string> {
  return await (await fetch(new URL('/metrics', server.address))).text();
}

function numberIn(metrics: string, name: string): number {
  return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(metrics)?.[1]);
}

async function settled(server: Server, { volumes, containers }: typeof small): Promise<void> {
  await server.until(`/v1/volumes?name=data-${volumes - 1}&limit=1`, ({ items }) => items.length === 1, 120);
  const last = `/v1/mounts?container=app-${containers - 1}`;
  const isJudged = ({ findings }: { findings: unknown[] }) => findings.length > 0;
  await server.until(last, ({ items }) => items.length === mountsEach && items.some(isJudged), 120);
}

/** Containers with three mounts each, and volumes that nobody mounts; they are made and not started. */
async function fill(engine: Docker, from: typeof small, to: typeof small): Promise<void> {
  const { helperImage } = groundOfTests();
  for (let number = from.volumes; number < to.volumes; number += 1)
    await engine.createVolume({ Name: `data-${number}`, Labels: { 'stowage.project': `project-${number % 50}` } });
  for (let number = from.containers; number < to.containers; number += 1) {
    const Mounts = Array.from({ length: volumesEach }, (_, index) => ({
      Type: 'volume' as const,
      Source: `data-${(number * volumesEach + index) % to.volumes}`,
      Target: `/data-${index}`,
    }));
    const HostConfig = { NetworkMode: 'none', Mounts, Tmpfs: { '/scratch': '' } };
    await engine.createContainer({ name: `app-${number}`, Image: helperImage, Cmd: ['true'], HostConfig });
  }
}
