import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fail, isFailure } from '../errors.ts';
import { extractPackages, fetchPackages } from './debian-packages.ts';
import { addFirewallTools } from './private-engine-firewall.ts';
import type { EnginePlaces } from './private-engine-places.ts';
import { runSystemTool } from './system-tool.ts';

const remedy = 'Install Docker and start it, or set DOCKER_HOST to an engine that runs.';

/** The oldest that the newer engines work with: needs the least of this system's libraries. */
const runtimeSuite = 'bookworm';

const fromEngineSuite = ['usr/sbin/dockerd', 'usr/bin/containerd', 'usr/bin/containerd-shim-runc-v2'];
const fromRuntimeSuite = ['usr/sbin/runc', 'usr/bin/tini-static'];

interface Options {
  readonly cache: string;
  readonly suites: readonly string[];
  readonly progress: (message: string) => void;
}

/** Brings programs of an engine that run on this system to their place. Throws `engine_setup_unavailable`. */
export async function ensurePrograms({ directory, programs }: EnginePlaces, options: Options): Promise<void> {
  if (existsSync(programs)) return;
  const unpacked = await unpackFirstThatRuns(options);
  const work = await mkdtemp(join(directory, 'copying-'));
  try {
    await cp(unpacked, join(work, 'programs'), { recursive: true, verbatimSymlinks: true });
    await rename(join(work, 'programs'), programs);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpackFirstThatRuns({ cache, suites, progress }: Options): Promise<string> {
  const refusals: string[] = [];
  for (const suite of suites) {
    try {
      progress(`fetching the Docker engine of Debian ${suite}`);
      return await unpackOnce(cache, suite);
    } catch (error) {
      if (!isFailure(error, 'engine_setup_unavailable')) throw error;
      refusals.push(`${suite}: ${error.message}`);
    }
  }
  throw fail('engine_setup_unavailable', `No Docker engine of Debian runs here (${refusals.join('; ')}). ${remedy}`);
}

/** Unpacking takes longer than everything else of a start, so what it gives stays beside the packages. Of two processes at once the first one's stays. */
async function unpackOnce(cache: string, suite: string): Promise<string> {
  const place = join(cache, `engine-${suite}-${process.arch}`);
  if (existsSync(place)) return place;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'unpacking-'));
  try {
    await rename(await unpack(work, cache, suite), place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
    return place;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpack(folder: string, cache: string, suite: string): Promise<string> {
  const engine = await fetchPackages({ cache, suite, names: ['docker.io', 'containerd'], dependencies: false });
  const runtime = await fetchPackages({ cache, suite: runtimeSuite, names: ['runc', 'tini'], dependencies: false });
  const tree = join(folder, 'tree');
  const programs = join(folder, 'programs');
  await mkdir(programs, { recursive: true });
  await takeOut(engine, join(tree, 'engine'), fromEngineSuite, programs);
  await takeOut(runtime, join(tree, 'runtime'), fromRuntimeSuite, programs);
  await addFirewallTools({ cache, suite: runtimeSuite, tree: join(tree, 'firewall'), programs });
  await symlink('tini-static', join(programs, 'docker-init'));
  for (const name of ['dockerd', 'containerd', 'runc', 'iptables'])
    await runSystemTool(join(programs, name), ['--version'], { remedy });
  return programs;
}

async function takeOut(packages: string[], tree: string, wanted: readonly string[], programs: string): Promise<void> {
  await extractPackages(packages, tree);
  for (const path of wanted) {
    const program = join(programs, basename(path));
    await copyFile(join(tree, path), program);
    await chmod(program, 0o755);
  }
}
