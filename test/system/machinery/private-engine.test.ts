import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { placesOf } from '../../../src/engine/private-engine-places.ts';
import { dockerOf, newFolder, packages, startEngine, timedHelperImage } from './own-engine.ts';

const module = new URL('../../../src/engine/private-engine.ts', import.meta.url).href;

t.test('an engine that is started again is adopted, at once', async (t) => {
  const directory = join(await newFolder(t), 'engine');
  const first = await startEngine(t, directory);
  t.equal(first.adopted, false);
  t.match(first.version, /^\d+\.\d+/);
  const startedAt = performance.now();
  const second = await startEngine(t, directory);
  t.ok(performance.now() - startedAt < 1000, 'within a second');
  t.equal(second.adopted, true);
  t.equal(second.endpoint, first.endpoint);
});

t.test('an engine survives the kill of the process that started it', async (t) => {
  const directory = join(await newFolder(t), 'engine');
  const options = JSON.stringify({ directory, packages });
  const program = `const { startPrivateEngine } = await import('${module}');
    await startPrivateEngine({ ...${options}, progress: () => undefined });
    process.kill(process.pid, 'SIGKILL');`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const [, signal] = await once(starter, 'exit');
  t.equal(signal, 'SIGKILL');
  const engine = await startEngine(t, directory);
  t.equal(engine.adopted, true);
});

t.test('two engines run side by side, and know nothing of each other', async (t) => {
  const folder = await newFolder(t);
  const [one, other] = await Promise.all(['one', 'other'].map((name) => startEngine(t, join(folder, name))));
  t.ok(one && other && one.endpoint !== other.endpoint);
  if (!one || !other) return;
  await dockerOf(t, one.endpoint).createVolume({ Name: 'only-here' });
  t.equal((await dockerOf(t, other.endpoint).listVolumes()).Volumes?.length ?? 0, 0);
  await one.stop();
  t.ok(await dockerOf(t, other.endpoint).ping(), 'the other lives on');
});

t.test('a stopped engine leaves no process and no mount, whatever ran in it', async (t) => {
  const folder = await newFolder(t);
  const engine = await startEngine(t, join(folder, 'engine'));
  await runSleeper(t, engine.endpoint, folder);
  await engine.stop();
  t.same(await tracesOf(join(folder, 'engine')), []);
});

t.test('after its engine was killed with a container in it, a folder is cleaned up and used again', async (t) => {
  const folder = await newFolder(t);
  const directory = join(folder, 'engine');
  const killed = await startEngine(t, directory);
  await runSleeper(t, killed.endpoint, folder);
  process.kill(Number(await readFile(placesOf(directory).pidFile, 'utf8')), 'SIGKILL');
  // The pid is given to another program, as after the start of a system.
  await writeFile(placesOf(directory).pidFile, String(process.pid));

  const next = await startEngine(t, directory);
  t.equal(next.adopted, false);
  const [container] = await dockerOf(t, next.endpoint).listContainers({ all: true });
  t.equal(container?.State, 'exited', 'the container is known, and known to have ended');
  await next.stop();
  t.same(await tracesOf(directory), []);
});

t.test('an engine works in a folder whose path is longer than that of a socket may be', async (t) => {
  const directory = join(await newFolder(t), 'deep'.repeat(40), 'engine');
  t.ok(await startEngine(t, directory));
});

async function runSleeper(t: Parameters<typeof dockerOf>[0], endpoint: string, folder: string): Promise<void> {
  const { image } = await timedHelperImage(endpoint, join(folder, 'helper'));
  const HostConfig = { NetworkMode: 'none' };
  const sleeper = await dockerOf(t, endpoint).createContainer({
    Image: image,
    Cmd: ['sleep', '987654'],
    StopTimeout: 1,
    HostConfig,
  });
  await sleeper.start();
}

/** Command lines and mounts that name the engine of a folder, and its containers' processes. */
async function tracesOf(directory: string): Promise<string[]> {
  const { runFolder } = placesOf(directory);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const isTrace = (text: string) =>
    text.includes(`${directory}/`) || text.includes(runFolder) || text.includes('987654');
  return [...commands, ...mounts].filter(isTrace);
}
