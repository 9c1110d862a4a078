import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { databaseImage, execIn } from '../../test/machinery/databases.ts';
import { scale } from './data.ts';
import type { Scene } from './scene.ts';

/** A container that has a volume mounted, writes to it now and then, and stops when it is told to. */
export async function startContainer({ engine, image }: Scene, volume: string): Promise<Docker.Container> {
  const script = "trap 'exit 0' TERM; while :; do date > /data/now; sleep 0.2 & wait $!; done";
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: ['busybox', 'sh', '-c'],
    Cmd: [script],
    HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }] },
  });
  await container.start();
  return container;
}

/** A PostgreSQL to which two clients write all the time. */
export interface Load {
  readonly container: Docker.Container;
  /** Starts the server, and the clients once it answers. */
  start(): Promise<void>;
  /** Lets them write for a while. */
  settle(): Promise<void>;
}

const settleSeconds = 5;
const readySeconds = 60;

/** Makes a database of about 730 MB, and load. */
export async function startLoad({ engine }: Scene, volume: string): Promise<Load> {
  const container = await engine.createContainer({
    Image: await databaseImage(engine, 'postgres'),
    Env: ['POSTGRES_PASSWORD=bench'],
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: volume, Target: '/var/lib/postgresql/data' }],
    },
  });
  const inside = (command: string) =>
    execIn(container, ['sh', '-c', `export PATH=/usr/lib/postgresql/18/bin:$PATH; ${command}`]);
  const answer = async () => {
    await container.start();
    await inside(
      `for n in $(seq ${readySeconds * 10}); do pg_isready -q -h /run/postgresql && exit; sleep 0.1; done; exit 1`,
    );
  };
  const write = () => inside('pgbench -n -q -c 2 -T 86400 -h /run/postgresql -U postgres postgres > /dev/null 2>&1 &');
  await answer();
  await inside(`pgbench -i -q -s ${Math.max(1, Math.round(45 * scale))} -h /run/postgresql -U postgres postgres 2>&1`);
  await write();
  const start = async () => {
    await answer();
    await write();
  };
  return { container, start, settle: () => sleep(settleSeconds * 1000) };
}
