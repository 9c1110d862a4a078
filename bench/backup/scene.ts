import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { extractPackages, fetchPackages } from '../../src/engine/debian-packages.ts';
import { groundOfTests } from '../../test/machinery/ground-environment.ts';
import { runScript } from '../../test/machinery/run-script.ts';
import { startServer } from '../server.ts';

const run = promisify(execFile);

/** What the measurements of backups stand on. */
export interface Scene {
  readonly engine: Docker;
  readonly server: Awaited<ReturnType<typeof startServer>>;
  /** Has busybox, whose tar and gzip are those of the tutorial's `alpine`, GNU tar and zstd. */
  readonly image: string;
  /** For archives and repositories; on the disk of the engine. */
  readonly folder: string;
  /** The program that helpers run, for the host. */
  readonly restic: string;
  readonly print: (line: string) => void;
}

/** Runs a measurement with a Stowage and a folder of its own, and removes both. */
export async function withScene(print: (line: string) => void, work: (scene: Scene) => Promise<void>): Promise<void> {
  const { dockerHost, helperImage, folder: parent } = groundOfTests();
  const folder = await mkdtemp(join(parent, 'bench-'));
  const server = await startServer({ STOWAGE_MEASURE_SECONDS: '0' });
  try {
    const engine = new Docker({ socketPath: new URL(dockerHost).pathname });
    await work({ engine, server, image: helperImage, folder, restic: await resticOfHost(folder), print });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a volume that goes when the work has ended, with the containers that have it; gives the folder where the host has it, too. */
export async function withVolume<Result>(
  { engine, server }: Pick<Scene, 'engine' | 'server'>,
  name: string,
  work: (mountpoint: string) => Promise<Result>,
): Promise<Result> {
  await server.created('POST', '/v1/hosts/local/volumes', { name });
  try {
    const { Mountpoint } = await engine.getVolume(name).inspect();
    return await work(Mountpoint);
  } finally {
    const users = await engine.listContainers({ all: true, filters: { volume: [name] } });
    await Promise.all(users.map(({ Id }) => engine.getContainer(Id).remove({ force: true })));
    await engine.getVolume(name).remove({ force: true });
  }
}

/** Runs a script in a container with the volume at `/data` and the scene's folder at `/backup`; gives the seconds with start and end of the container. */
export async function secondsIn({ engine, image, folder }: Scene, volume: string, script: string): Promise<number> {
  const startedAt = performance.now();
  await runScript(engine, image, volume, script, [`${folder}:/backup`]);
  return (performance.now() - startedAt) / 1000;
}

/** A repository of Stowage that is ready, in a volume of its own that stays until the run ends: the first backup makes it, here of nothing. */
export async function newRepository(scene: Scene, name: string): Promise<string> {
  const { server } = scene;
  await server.created('POST', '/v1/hosts/local/volumes', { name });
  await server.created('POST', '/v1/repositories', { name, volume: name });
  await withVolume(scene, `${name}-nothing`, () => backUp(scene, `${name}-nothing`, name));
  return name;
}

/** The result of a job, with the seconds from the request until its end. */
// biome-ignore lint/suspicious/noExplicitAny: a client that has no types of the API
export async function finished({ server }: Scene, path: string, body: unknown): Promise<any> {
  const { state, error, result, createdAt, finishedAt } = await server.finished('POST', path, body, 1800);
  if (state !== 'succeeded') throw new Error(`${path} has ${state}: ${JSON.stringify(error)}`);
  return { ...result, seconds: (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000 };
}

/** Asks Stowage for a backup; gives the seconds from the request until its end. */
export async function backUp(scene: Scene, volume: string, repository: string): Promise<number> {
  return (await finished(scene, `/v1/hosts/local/volumes/${volume}/backups`, { repository })).seconds;
}

async function resticOfHost(folder: string): Promise<string> {
  const packages = join(groundOfTests().cache, 'packages');
  const root = join(folder, 'root');
  await mkdir(root);
  await extractPackages(
    await fetchPackages({ cache: packages, suite: 'sid', names: ['restic'], dependencies: false }),
    root,
  );
  const program = join(root, 'usr/bin/restic');
  await chmod(program, 0o755);
  await run(program, ['version']);
  return program;
}
