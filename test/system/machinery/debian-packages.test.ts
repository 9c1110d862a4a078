import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { extractPackages, fetchPackages } from '../../../src/engine/debian-packages.ts';
import { newFolder } from './own-engine.ts';

const name = (file: string) => basename(file).split('_')[0];

t.test('named packages are fetched without what they depend on, and unpacked', async (t) => {
  const folder = await newFolder(t);
  const request = { cache: join(folder, 'cache'), suite: 'bookworm', names: ['tini'], dependencies: false };
  const files = await fetchPackages(request);
  t.same(files.map(name), ['tini']);
  await extractPackages(files, join(folder, 'tree'));
  t.ok(existsSync(join(folder, 'tree', 'usr/bin/tini-static')));

  const startedAt = performance.now();
  t.same(await fetchPackages(request), files);
  t.ok(performance.now() - startedAt < 100, 'the second time they are there');
});

t.test('a closure is whole, whatever is installed here', async (t) => {
  const cache = await newFolder(t);
  const files = await fetchPackages({ cache, suite: 'bookworm', names: ['acl'], dependencies: true });
  t.match(new Set(files.map(name)), new Set(['acl', 'libacl1', 'libc6']));
});

t.test('two that fetch the same at once both get it, and leave nothing half done', async (t) => {
  const cache = await newFolder(t);
  const request = { cache, suite: 'bookworm', names: ['attr'], dependencies: false };
  const [one, other] = await Promise.all([fetchPackages(request), fetchPackages(request)]);
  t.same(one, other);
  t.equal((await readdir(cache)).length, 1);
});

t.test('what does not exist is an error that says what to do', async (t) => {
  const request = { cache: await newFolder(t), suite: 'bookworm', names: ['no-such-package'], dependencies: false };
  await t.rejects(fetchPackages(request), {
    code: 'engine_setup_unavailable',
    message: /no-such-package.*DOCKER_HOST/s,
  });
  t.same(await readdir(request.cache), []);
});
