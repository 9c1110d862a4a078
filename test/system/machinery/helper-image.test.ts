import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { ensureHelperImage } from '../../../src/engine/helper-image.ts';
import { dockerOf, newFolder, startEngine, timedHelperImage } from './own-engine.ts';

const megabyte = 1_000_000;
const silent = () => undefined;

const folder = await newFolder(t);
const { endpoint } = await startEngine(t, join(folder, 'engine'));
const docker = dockerOf(t, endpoint);
const directory = join(folder, 'helper');

t.test('the helper image', async (t) => {
  const [first, same] = await Promise.all([1, 2].map(() => timedHelperImage(endpoint, directory)));
  t.ok(first && same && first.id === same.id, 'is made once when it is asked for twice');
  if (!first) return;
  const image = docker.getImage(first.image);
  const { Size, Config } = await image.inspect();
  t.ok(Size < 75 * megabyte, `is small (${Math.round(Size / megabyte)} MB)`);
  t.equal(Config.Labels?.['stowage.role'], 'helper', 'says what it is');

  // The fastest of some, for the machine may be busy.
  const lookups = [];
  for (let i = 0; i < 5; i++) lookups.push(await timedHelperImage(endpoint, directory));
  t.ok(lookups.every(({ id }) => id === first.id));
  t.ok(Math.min(...lookups.map(({ milliseconds }) => milliseconds)) < 100, 'is only looked up when it is there');

  await image.remove({ force: true });
  t.equal((await timedHelperImage(endpoint, directory)).image, first.image, 'comes back after it was pruned');

  const elsewhere = await timedHelperImage(endpoint, join(folder, 'elsewhere'));
  t.equal(elsewhere.image, first.image, 'is the same when it is made again somewhere else');

  const file = (await readdir(directory)).find((name) => name.endsWith('.tar')) ?? '';
  const archive = join(folder, 'given.tar');
  await copyFile(join(directory, file), archive);
  const given = await ensureHelperImage({ endpoint, directory: join(folder, 'third'), archive, progress: silent });
  t.equal(given.image, first.image, 'is the same when it is given as an archive');

  const reference = 'registry.invalid/stowage-helper:latest';
  const unpinned = ensureHelperImage({ endpoint, directory, reference, progress: silent });
  await t.rejects(unpinned, { code: 'helper_image_missing' }, 'is not taken from a reference that is not pinned');
});

t.test('every program of the helper image runs', async (t) => {
  const { image } = await timedHelperImage(endpoint, directory);
  const versions: Record<string, RegExp> = {
    restic: /restic 0\.(19|[2-9]\d)\./,
    tar: /GNU tar/,
    zstd: /Zstandard/,
    getfacl: /getfacl \d/,
    setfacl: /setfacl \d/,
    getfattr: /getfattr \d/,
    setfattr: /setfattr \d/,
  };
  for (const [program, expected] of Object.entries(versions)) {
    const command = program === 'restic' ? [program, 'version'] : [program, '--version'];
    const HostConfig = { NetworkMode: 'none' };
    const container = await docker.createContainer({ Image: image, Cmd: command, HostConfig });
    await container.start();
    const { StatusCode } = await container.wait();
    t.equal(StatusCode, 0, program);
    t.match((await container.logs({ stdout: true, stderr: true })).toString(), expected);
  }
});
