import t from 'tap';
import { judgeUse } from '../../../src/shares/judge-use.ts';
import { indexVolumes, type OwnedVolume, type SharedAs } from '../../../src/shares/volume-index.ts';

const root = '/var/lib/docker/volumes';
const share: SharedAs = { name: 's', rules: [], attachments: [] };
const owned = (name: string, shared: SharedAs | null = null): OwnedVolume => ({
  name,
  project: 'shop',
  environment: null,
  share: shared,
});
const place = (name: string, boundFolder: string | null = null) => ({
  mountpoint: `${root}/${name}/_data`,
  boundFolder,
});
const index = indexVolumes([
  { volume: owned('uploads', share), place: place('uploads') },
  { volume: owned('uploads2'), place: place('uploads2') },
  { volume: owned('bound', share), place: place('bound', '/srv/bound/') },
  { volume: owned('whole'), place: place('whole', '/srv') },
  { volume: owned('plugin', share), place: { mountpoint: '', boundFolder: null } },
  { volume: owned('everything', share), place: place('everything', '/') },
]);

t.test('which volumes a mount reaches', async (t) => {
  const table: [string, string | null, string[], string[]][] = [
    ['by its name', 'uploads', [], ['uploads name']],
    ['a volume that is not there', 'upload', [], []],
    ['its folder', null, [`${root}/uploads/_data`], ['uploads path']],
    ['its folder, written oddly', null, [`${root}//uploads/./_data/../_data/`], ['uploads path']],
    ['below its folder', null, [`${root}/uploads/_data/a/b`], ['uploads path']],
    ['the folder around it', null, [`${root}/uploads`], ['uploads path']],
    ['a folder whose name begins alike', null, [`${root}/uploads2/_data`], ['uploads2 path']],
    ['a way out of its folder', null, [`${root}/uploads/../uploads2/_data`], ['uploads2 path']],
    ['where a link leads', null, ['/srv2/link', `${root}/uploads/_data`], ['uploads path']],
    ['the folder that a shared volume binds', null, ['/srv/bound/x'], ['bound path']],
    ['the folder that another volume binds', null, ['/srv/other'], []],
    ['another volume that binds its folder', 'uploads2', [`${root}/uploads/_data`], ['uploads2 name', 'uploads path']],
    ['itself by name and path', 'bound', ['/srv/bound'], ['bound name']],
    ['everything', null, ['/'], []],
    ['no path at all', null, ['', 'relative/path'], []],
  ];
  for (const [name, volume, paths, expected] of table)
    t.same(
      index.reachedBy({ volume, paths }).map((one) => `${one.name} ${one.by}`),
      expected,
      name,
    );
  t.equal(index.find('uploads')?.share?.name, 's');
  t.equal(index.find('constructor'), null);
});

t.test('which uses are judged at all', async (t) => {
  const now = new Date();
  const mount = { target: '/in', readOnly: true };
  const container = (project: string | null, environment: string | null = null) => ({
    name: 'c',
    project,
    environment,
    labels: {},
  });
  const production = { ...owned('v'), environment: 'production' };
  const table: [string, OwnedVolume, 'name' | 'path', ReturnType<typeof container>, string | null][] = [
    ['shared, another project', owned('v', share), 'name', container('blog'), 'no_rule'],
    ['shared, no project', owned('v', share), 'name', container(null), 'no_rule'],
    ['shared, its own project', owned('v', share), 'path', container('shop'), 'allow'],
    ['not shared, by name: a finding of the volume', owned('v'), 'name', container('blog'), null],
    ['not shared, by a path', owned('v'), 'path', container('blog'), 'no_rule'],
    ['not shared, no project', owned('v'), 'path', container(null), null],
    ['of no project', { ...owned('v'), project: null }, 'path', container('blog'), null],
    ['another environment of the project', production, 'name', container('shop', 'test'), 'environment'],
    ['the same environment', production, 'name', container('shop', 'production'), null],
  ];
  for (const [name, volume, by, consumer, expected] of table) {
    const decision = judgeUse({ ...volume, by }, consumer, mount, now);
    t.equal(decision?.verdict === 'deny' ? decision.cause : (decision?.verdict ?? null), expected, name);
  }
});

t.test('an attachment carries the rule of its user to the container, and no further', async (t) => {
  const rule = {
    id: 'r',
    subject: { kind: 'user' as const, value: 'user:i|anna', project: null },
    access: 'ro' as const,
    acrossEnvironments: false,
    state: 'active' as const,
    expiresAt: null,
  };
  const attachment = { id: 'a', rule: 'r', project: 'blog', container: 'web', target: '/in' };
  const volume = { ...owned('v', { name: 's', rules: [rule], attachments: [attachment] }), by: 'name' as const };
  const verdict = (name: string, project: string, target: string, readOnly = true) =>
    judgeUse(volume, { name, project, environment: null, labels: {} }, { target, readOnly }, new Date())?.verdict;
  t.equal(verdict('web', 'blog', '/in'), 'allow');
  t.equal(verdict('web', 'blog', '/in', false), 'deny', 'to write');
  t.equal(verdict('other', 'blog', '/in'), 'deny', 'another container');
  t.equal(verdict('web', 'news', '/in'), 'deny', 'another project');
  t.equal(verdict('web', 'blog', '/out'), 'deny', 'another target');
});
