import t, { type Test } from 'tap';
import type { EngineContainer, EngineImage, EngineNetwork, EngineVolume } from '../../../src/engine/engine-objects.ts';
import { judgeContainer } from '../../../src/pruning/containers.ts';
import { judgeImage } from '../../../src/pruning/images.ts';
import { judgeNetwork } from '../../../src/pruning/networks.ts';
import { judgeVolume, type VolumeFacts } from '../../../src/pruning/volumes.ts';
import type { ContainerWish, ImageWish, VolumeWish } from '../../../src/pruning/wish.ts';

const at = (day: number) => new Date(Date.UTC(2026, 10, day));
const protectedLabels = ['stowage.protect', 'keep'];
const labels = { label: [], notLabel: [] };

/** Why something stays; null when it goes. */
type Case<Changes> = [title: string, changes: Changes, why: RegExp | null];

function check(
  { action, reasons }: { action: string; reasons: readonly string[] },
  title: string,
  why: RegExp | null,
  t: Test,
) {
  t.equal(action, why === null ? 'remove' : 'keep', title);
  if (why === null) t.ok(reasons.length > 0, `${title}: and says why it goes`);
  else t.match(reasons.join(' '), why, `${title}: for this reason`);
}

t.test('containers', (t) => {
  const container: EngineContainer = {
    id: 'c1',
    name: 'web',
    image: 'nginx',
    imageId: 'sha256:1',
    state: 'exited',
    status: 'Exited (0)',
    labels: {},
    createdAt: at(10),
    user: '',
    memoryLimitBytes: null,
    restartPolicy: 'no',
    usernsMode: '',
    networkOf: null,
    mounts: [],
  };
  const wish: ContainerWish = { before: null, labels, compose: false };
  const facts = { protectedLabels, restarts: new Map([['c2', 'job-7']]) };
  const cases: Case<[Partial<EngineContainer>, Partial<ContainerWish>]>[] = [
    ['one that has ended', [{}, {}], null],
    ['one that was never started', [{ state: 'created' }, {}], null],
    ['a dead one', [{ state: 'dead' }, {}], null],
    ['a running one', [{ state: 'running' }, {}], /It is running/],
    ['a paused one', [{ state: 'paused' }, {}], /It is paused/],
    ['a restarting one', [{ state: 'restarting' }, {}], /It is restarting/],
    ['one that is being removed', [{ state: 'removing' }, {}], /It is removing/],
    ['a helper', [{ labels: { 'stowage.installation': 'x', 'stowage.job': 'y' } }, {}], /helper of Stowage/],
    ['one that a restore has stopped', [{ id: 'c2' }, {}], /Job job-7 has stopped it/],
    ['a protected one', [{ labels: { 'stowage.protect': 'true' } }, {}], /"stowage.protect" protects/],
    ['one protected without a value', [{ labels: { keep: '' } }, {}], /"keep" protects/],
    ['one whose protection is turned off', [{ labels: { keep: 'false' } }, {}], null],
    ['one of compose', [{ labels: { 'com.docker.compose.project': 'shop' } }, {}], /Compose made it for "shop"/],
    ['one of compose, asked for', [{ labels: { 'com.docker.compose.project': 'shop' } }, { compose: true }], null],
    ['one that is old enough', [{}, { before: at(11) }], null],
    ['one that is too young', [{}, { before: at(9) }], /is not before 2026-11-09/],
    ['one made at that very time', [{}, { before: at(10) }], /is not before/],
    ['one of unknown age', [{ createdAt: null }, { before: at(11) }], /not known/],
  ];
  for (const [title, [changes, wishes], why] of cases)
    check(judgeContainer({ ...container, ...changes }, facts, { ...wish, ...wishes }), title, why, t);
  t.same(
    judgeContainer({ ...container, state: 'running', labels: { keep: '1' } }, facts, wish).reasons.length,
    2,
    'every reason is told',
  );
  t.end();
});

t.test('networks', (t) => {
  const network: EngineNetwork = {
    id: 'n1',
    name: 'front',
    driver: 'bridge',
    labels: {},
    createdAt: at(10),
    isPredefined: false,
    containers: [],
  };
  const wish = { before: null, labels, compose: false };
  const cases: Case<Partial<EngineNetwork>>[] = [
    ['one without containers', {}, null],
    ["one of Docker's own", { isPredefined: true }, /Docker's own/],
    ['one with containers', { containers: ['web', 'db'] }, /web, db/],
    ['a protected one', { labels: { keep: '1' } }, /protects/],
    ['one of compose', { labels: { 'com.docker.compose.project': 'shop' } }, /Compose/],
  ];
  for (const [title, changes, why] of cases)
    check(judgeNetwork({ ...network, ...changes }, { protectedLabels }, wish), title, why, t);
  check(judgeNetwork(network, { protectedLabels }, { ...wish, before: at(1) }), 'a young one', /not before/, t);
  t.end();
});

t.test('images', (t) => {
  const image: EngineImage = { id: 'sha256:1', tags: [], bytes: 10, labels: {}, createdAt: at(10) };
  const wish: ImageWish = { before: null, labels, dangling: true };
  const containers = [{ name: 'web', state: 'exited', image: 'nginx:1', imageId: 'sha256:2' }];
  const facts = { containers, helperImages: new Set(['sha256:3']), protectedLabels };
  const cases: Case<[Partial<EngineImage>, Partial<ImageWish>]>[] = [
    ['a dangling one', [{}, {}], null],
    ['a named one', [{ tags: ['redis:7'] }, {}], /It has a name/],
    ['a named one, asked for', [{ tags: ['redis:7'] }, { dangling: false }], null],
    ['one that a stopped container was made from', [{ id: 'sha256:2' }, {}], /web \(exited\)/],
    ['one that a container names', [{ tags: ['nginx:1'] }, { dangling: false }], /web \(exited\)/],
    ['one of helpers, by its label', [{ labels: { 'stowage.role': 'helper' } }, {}], /Helpers/],
    ['one of helpers, by its name', [{ tags: ['stowage-helper:abc'] }, { dangling: false }], /Helpers/],
    ['one of helpers, by the setting', [{ id: 'sha256:3' }, {}], /Helpers/],
    ['a protected one', [{ labels: { keep: 'x' } }, {}], /protects/],
    ['a young one', [{}, { before: at(9) }], /not before/],
  ];
  for (const [title, [changes, wishes], why] of cases)
    check(judgeImage({ ...image, ...changes }, facts, { ...wish, ...wishes }), title, why, t);
  t.end();
});

t.test('volumes', (t) => {
  const anonymous = 'f'.repeat(64);
  const volume: EngineVolume = {
    name: anonymous,
    driver: 'local',
    scope: 'local',
    mountpoint: '/v/_data',
    options: {},
    labels: {},
    createdAt: at(10),
  };
  const unused: VolumeFacts = {
    project: null,
    users: [],
    usersElsewhere: [],
    repository: null,
    share: null,
    jobs: [],
    lastUsedAt: null,
    firstSeenAt: at(12),
    bytes: null,
  };
  const wish: VolumeWish = {
    labels,
    all: false,
    compose: false,
    unusedSince: null,
    plannedAt: at(20),
    includeProtected: new Set(),
  };
  const named = { name: 'data' };
  const all = { all: true };
  const cases: Case<[Partial<EngineVolume>, Partial<VolumeFacts>, Partial<VolumeWish>]>[] = [
    ['an anonymous one', [{}, {}, {}], null],
    ['a named one', [named, {}, {}], /It has a name/],
    ['a named one, asked for', [named, {}, all], null],
    [
      'one that its engine calls anonymous',
      [{ ...named, labels: { 'com.docker.volume.anonymous': '' } }, {}, {}],
      null,
    ],
    ['an anonymous one that a stopped container has', [{}, { users: ['db (exited)'] }, {}], /db \(exited\)/],
    ['one in use on another host', [{}, { usersElsewhere: ['Containers use the same data.'] }, {}], /the same data/],
    ['one with a repository', [named, { repository: 'default' }, all], /holds the repository "default"/],
    [
      'one with a repository of nobody',
      [{ ...named, labels: { 'stowage.role': 'repository' } }, {}, all],
      /holds a repository/,
    ],
    ['one with a job', [named, { jobs: ['volume_backup j (queued)'] }, all], /volume_backup j \(queued\)/],
    ['a protected one', [{ ...named, labels: { keep: '' } }, {}, all], /protects/],
    [
      'a protected one that is named',
      [{ ...named, labels: { keep: '' } }, {}, { ...all, includeProtected: new Set(['data']) }],
      /protects/,
    ],
    ['one with a policy', [{ ...named, labels: { 'stowage.policy': 'daily' } }, {}, all], /It has a policy/],
    ['one with a share', [named, { share: 'uploads' }, all], /It has the share "uploads"/],
    ['one with the label of a share', [{ ...named, labels: { 'stowage.share': 'nfs' } }, {}, all], /It has a share/],
    [
      'one with a policy that is named',
      [{ ...named, labels: { 'stowage.policy': 'x' } }, {}, { ...all, includeProtected: new Set(['data']) }],
      null,
    ],
    [
      'one with a policy, another is named',
      [{ ...named, labels: { 'stowage.policy': 'x' } }, {}, { ...all, includeProtected: new Set(['other']) }],
      /policy/,
    ],
    ['one of compose', [{ ...named, labels: { 'com.docker.compose.project': 'shop' } }, {}, all], /Compose/],
    ['one watched for long enough', [{}, {}, { unusedSince: at(13) }], null],
    ['one not watched for that long', [{}, {}, { unusedSince: at(11) }], /since 2026-11-12.* only/],
    ['one that is younger', [{ createdAt: at(14) }, {}, { unusedSince: at(13) }], /since 2026-11-14/],
    ['one used lately', [{}, { lastUsedAt: at(15) }, { unusedSince: at(13) }], /since 2026-11-15/],
    ['one used before that', [{}, { lastUsedAt: at(12) }, { unusedSince: at(13) }], null],
    ['one used since the plan was made', [{}, { lastUsedAt: at(21) }, {}], /at 2026-11-21.*after the plan was made/],
    [
      'one whose use right before the plan was noticed late',
      [{}, { lastUsedAt: new Date(at(20).getTime() + 5_000) }, {}],
      null,
    ],
    ['one nobody has watched', [{}, { firstSeenAt: null }, { unusedSince: at(13) }], /not known/],
  ];
  for (const [title, [changes, facts, wishes], why] of cases)
    check(
      judgeVolume({ ...volume, ...changes }, { ...unused, ...facts }, { ...wish, ...wishes }, protectedLabels),
      title,
      why,
      t,
    );
  t.end();
});
