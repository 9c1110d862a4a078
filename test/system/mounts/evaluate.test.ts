import { link, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';
import { container, evaluate, evaluationsPath, rulesOf } from './evaluate.ts';

const { helperImage, dockerHost } = groundOfTests();
const socket = new URL(dockerHost).pathname;

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stowage-preflight-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

t.test('a container is allowed, warned of or denied', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const named = docker.name('named');
  const good = await evaluate(
    t,
    stowage,
    container({ Binds: [`${named}:/data`], Tmpfs: { '/tmp': 'size=1m' }, Memory: 2 ** 28 }),
  );
  t.match(good, { host: 'local', verdict: 'allow', complete: true, gaps: [], findings: [] });
  t.match(good.mounts, [
    { target: '/data', type: 'volume', volume: named, driver: 'local', source: '', project: null },
    { target: '/tmp', type: 'tmpfs', tmpfs: { sizeBytes: 2 ** 20, noexec: true } },
  ]);
  t.notOk(await docker.volumeExists(named), 'nothing was made');

  const warned = await evaluate(t, stowage, container({ Tmpfs: { '/tmp': '' } }));
  t.match(warned, {
    verdict: 'warn',
    findings: [{ rule: 'MNT-009', severity: 'medium', effect: 'warn', target: '/tmp' }],
  });
  t.match(warned.findings[0], {
    title: String,
    detail: /\/tmp/,
    why: String,
    remedy: String,
    documentation: /MNT-009/,
    volume: null,
  });

  const denied = await evaluate(
    t,
    stowage,
    container({ Tmpfs: { '/tmp': '' }, Binds: [`${socket}:/var/run/docker.sock`] }),
  );
  t.equal(denied.verdict, 'deny');
  t.match(denied.findings[0], {
    rule: 'MNT-001',
    severity: 'critical',
    effect: 'deny',
    target: '/var/run/docker.sock',
  });
  t.same(
    denied.findings.map(({ effect }: Answer) => effect),
    ['deny', ...Array(denied.findings.length - 1).fill('warn')],
    'the worst first',
  );
});

t.test("the engine's socket is known by any name", async (t) => {
  const stowage = await sharedStowage();
  const folder = await folderOf(t);
  await symlink(socket, join(folder, 'linked'));
  const hard = `${socket}-${process.pid}.hard`;
  await link(socket, hard);
  t.teardown(() => rm(hard));
  for (const source of [socket, join(folder, 'linked'), hard, dirname(socket)]) {
    const answer = await evaluate(t, stowage, container({ Binds: [`${source}:/inside:ro`] }));
    t.equal(answer.verdict, 'deny', source);
    t.ok(rulesOf(answer).includes('MNT-001'), `${source}: ${rulesOf(answer)}`);
  }
});

t.test('a path that is missing, and a folder of somebody else', async (t) => {
  const stowage = await sharedStowage();
  const folder = await folderOf(t);
  await mkdir(join(folder, 'own'), { mode: 0o700 });
  const rulesFor = async (source: string) =>
    rulesOf(await evaluate(t, stowage, container({ Binds: [`${source}:/data`] })));
  t.match(await rulesFor(join(folder, 'missing')), ['MNT-005']);
  t.match(await rulesFor(join(folder, 'own')), ['MNT-018']);
  const { mounts } = await evaluate(t, stowage, container({ Binds: [`${join(folder, 'own')}:/data`] }));
  t.match(mounts, [{ propagation: /^r/, path: { exists: true, kind: 'directory', uid: 0, mode: '0700' } }]);
});

t.test('volumes are judged with those who use them', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const shared = docker.name('shared');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: shared, project: 'shop' });
  const writer = await startApp(t, {
    Labels: { 'stowage.project': 'shop' },
    HostConfig: { Binds: [`${shared}:/data`] },
  });
  await stowage.until(
    `/v1/hosts/local/containers?volume=${shared}&state=running`,
    ({ items }) => items.length === 1,
    20,
  );

  const ofShop = { Labels: { 'stowage.project': 'shop' } };
  const second = await evaluate(t, stowage, container({ Binds: [`${shared}:/data`] }, ofShop));
  t.match(second.findings, [{ rule: 'VOL-001', volume: shared, detail: /the proposed container/ }]);
  t.same(
    rulesOf(await evaluate(t, stowage, container({ Binds: [`${shared}:/data:ro`] }, ofShop))),
    [],
    'a reader is no writer',
  );
  const foreign = await evaluate(
    t,
    stowage,
    container({ Binds: [`${shared}:/data:ro`] }, { Labels: { 'stowage.project': 'blog' } }),
  );
  t.match(foreign.findings, [{ rule: 'VOL-003', evidence: { project: 'shop', otherProjects: 'blog' } }]);
  t.match(foreign.mounts, [{ project: 'shop', source: /_data$/ }]);

  const key = await stowage.created('POST', '/v1/tokens', {
    name: 'blog',
    roles: [{ role: 'viewer', project: 'blog' }],
  });
  const blog = connectClient(stowage.address, key.key);
  const hidden = await evaluate(
    t,
    blog,
    container({ Binds: [`${shared}:/data`] }, { Labels: { 'stowage.project': 'blog' } }),
  );
  t.match(hidden.findings, [{ rule: 'VOL-003', volume: shared }]);
  t.match(hidden.mounts, [{ volume: shared, source: '', driver: null, project: null }]);
  const unlabeled = await evaluate(t, blog, container({ Binds: [`${shared}:/data`] }));
  t.match(unlabeled.findings, [{ rule: 'VOL-003', volume: shared }], 'also for a container without a project');
  const text = JSON.stringify([hidden, unlabeled]);
  t.notMatch(text, /shop/, 'neither the project of a volume that is not seen');
  t.notOk(text.includes((await writer.inspect()).Name.slice(1)), 'nor who uses it');
  const posing = await blog.call('POST', evaluationsPath, container({ Binds: [`${shared}:/data`] }, ofShop));
  t.match(
    posing,
    { status: 403, body: { code: 'forbidden' } },
    'nobody asks in the name of a project that is not theirs',
  );
  const paths = await evaluate(t, blog, container({ Binds: ['/etc/shadow:/x:ro'] }));
  t.match(paths, { complete: false, gaps: [{ about: 'paths', detail: /may read everything/ }] });
});

t.test('policy and allowed roots are those of the installation', async (t) => {
  const folder = await folderOf(t);
  const env = {
    STOWAGE_RULES: 'MNT-009=deny,MNT-010=off',
    STOWAGE_DENY_FROM: 'never',
    STOWAGE_WARN_FROM: 'high',
    STOWAGE_ALLOWED_ROOTS: folder,
  };
  const stowage = await startStowage(t, { env });
  const tmpfs = await evaluate(t, stowage, container({ Tmpfs: { '/tmp': 'exec,suid,dev' } }));
  t.match(tmpfs, { verdict: 'deny', findings: [{ rule: 'MNT-009', severity: 'medium', effect: 'deny' }] });
  t.equal(tmpfs.findings.length, 1);
  const daemon = await evaluate(t, stowage, container({ Binds: [`${socket}:/s`] }));
  t.equal(daemon.verdict, 'warn', 'nothing is denied for its severity');
  t.match(daemon.findings, [{ rule: 'MNT-001', effect: 'warn' }]);
  t.ok(rulesOf(daemon).includes('MNT-006'), 'it lies outside of the allowed roots');
  t.match(await evaluate(t, stowage, container({ Binds: [`${folder}:/s:ro`] })), { verdict: 'allow' });
});

t.test('what is not known is said', async (t) => {
  const stowage = await sharedStowage();
  const answer = await evaluate(t, stowage, {
    container: { Image: 'no-such-image:1', HostConfig: { VolumesFrom: ['other'] } },
  });
  t.match(answer, {
    complete: false,
    gaps: [
      { about: 'volumes_from', detail: /no container "other"/ },
      { about: 'image', detail: /root/ },
    ],
  });
});

t.test('the user and the volumes of the image count', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const folder = await folderOf(t);
  const made = await docker.engine.createContainer({ Image: helperImage, Cmd: ['true'] });
  const tag = docker.name('image').toLowerCase();
  await made.commit({ repo: tag, changes: 'USER 1234:1234\nVOLUME /kept' });
  await made.remove();
  t.teardown(() => docker.engine.getImage(tag).remove());
  const body = (more: object) => ({ container: { Image: tag, HostConfig: { Binds: [`${folder}:/data`], ...more } } });
  const answer = await evaluate(t, stowage, body({ RestartPolicy: { Name: 'always' } }));
  t.match(answer, { complete: true, mounts: [{ target: '/data' }, { target: '/kept', type: 'volume', volume: '' }] });
  t.ok(rulesOf(answer).includes('MNT-012'), 'its anonymous volume');
  t.notOk(rulesOf(answer).includes('MNT-007'), 'it is not root');
  const root = await evaluate(t, stowage, container({ Binds: [`${folder}:/data`] }, { User: '' }));
  t.ok(rulesOf(root).includes('MNT-007'), 'the image without a user is');
});
