import t from 'tap';
import { type CoverSources, type CoverSubject, coverageOf, type PolicySource } from '../../../src/policies/coverage.ts';
import type { NewPolicySelector } from '../../../src/policies/model.ts';
import { retentionFrom } from '../../../src/policies/retention.ts';
import type { DataClass } from '../../../src/volumes/model.ts';

const source = {
  schedule: { cron: '0 2 * * *', timeZone: 'UTC' },
  jitterSeconds: 0,
  repositoryId: null,
  copyTo: null,
  rpoSeconds: null,
  rtoSeconds: null,
  consistency: 'live' as const,
  hooks: [],
  configuration: 'none' as const,
  startWindowSeconds: null,
  completionWindowSeconds: null,
  nextRunAt: null,
};

const unset = {
  hosts: null,
  environments: null,
  classes: null,
  composeProjects: null,
  labels: null,
  names: null,
  anonymous: false,
};

function policy(name: string, selector: NewPolicySelector = {}, project: string | null = null): PolicySource {
  return {
    ...source,
    key: `policy/${name}`,
    kind: 'policy',
    name,
    project,
    selector: { ...unset, ...selector },
    keep: null,
  };
}

function sources(...policies: PolicySource[]): CoverSources {
  const classOf = (name: DataClass, hasSchedule: boolean) =>
    [
      name,
      {
        ...source,
        key: `class/${name}`,
        kind: 'class',
        name,
        keep: retentionFrom({ last: 1 }),
        schedule: hasSchedule ? source.schedule : null,
      },
    ] as const;
  return { policies, classes: new Map([classOf('critical', true), classOf('cache', false)]) };
}

const plain: CoverSubject = {
  host: 'local',
  name: 'shop-orders',
  kind: 'named',
  project: 'shop',
  environment: 'production',
  class: null,
  labels: {},
  declared: [],
  holdsRepository: null,
};
const declared = { policy: null, backup: null, class: null, composeProject: null };

function covering(volume: Partial<CoverSubject>, ...policies: PolicySource[]): string[] {
  return coverageOf({ ...plain, ...volume }, sources(...policies)).sources.map(({ key }) => key);
}

t.test('a selector takes what meets all that it says', async (t) => {
  const meets = (selector: NewPolicySelector, volume: Partial<CoverSubject> = {}) =>
    covering(volume, policy('p', selector)).length === 1;
  t.ok(meets({}));
  t.ok(meets({ hosts: ['other', 'local'] }));
  t.notOk(meets({ hosts: ['other'] }));
  t.ok(meets({ environments: ['production'] }));
  t.notOk(meets({ environments: ['production'] }, { environment: null }));
  t.ok(meets({ classes: ['user'] }, { class: 'user' }));
  t.notOk(meets({ classes: ['user'] }, { class: 'logs' }));
  t.ok(meets({ names: ['x', 'shop-*'] }));
  t.ok(meets({ names: ['shop-order?'] }));
  t.notOk(meets({ names: ['shop'] }), 'the whole name');
  t.notOk(meets({ names: ['{shop-orders,x}'] }), 'only * and ? are special');
  t.notOk(meets({ names: ['[s]hop-orders'] }));
  t.ok(meets({ labels: ['tier=gold'] }, { labels: { tier: 'gold' } }));
  t.ok(meets({ labels: ['tier'] }, { labels: { tier: '' } }));
  t.notOk(meets({ labels: ['tier=gold', 'more'] }, { labels: { tier: 'gold' } }), 'all labels');
  t.ok(meets({ composeProjects: ['web'] }, { labels: { 'com.docker.compose.project': 'web' } }));
  t.ok(meets({ composeProjects: ['web'] }, { declared: [{ ...declared, composeProject: 'web' }] }));
  t.notOk(meets({ names: ['shop-*'], hosts: ['other'] }), 'all of it');
});

t.test('a policy of a project reaches no other', async (t) => {
  t.same(covering({}, policy('own', {}, 'shop'), policy('other', {}, 'blog'), policy('all')), [
    'policy/own',
    'policy/all',
  ]);
  t.same(covering({ labels: { 'stowage.policy': 'other' } }, policy('other', {}, 'blog')), [], 'a label neither');
});

t.test('labels name the policy, of the volume or of who has it mounted', async (t) => {
  const policies = [policy('gold', { hosts: ['nowhere'] }), policy('all')];
  t.same(
    covering({ labels: { 'stowage.policy': 'gold' } }, ...policies),
    ['policy/gold'],
    'and no other takes it then',
  );
  t.same(covering({ declared: [{ ...declared, policy: 'gold' }] }, ...policies), ['policy/gold']);
  t.same(covering({ labels: { 'stowage.policy': 'gold, all' } }, ...policies), ['policy/gold', 'policy/all']);
  const missing = coverageOf({ ...plain, labels: { 'stowage.policy': 'gone' } }, sources(...policies));
  t.match(missing, { sources: [], unknownPolicies: ['gone'], excluded: null });
});

t.test('the class covers what no policy does', async (t) => {
  t.same(covering({ class: 'critical' }), ['class/critical']);
  t.same(covering({ declared: [{ ...declared, class: 'critical' }] }), ['class/critical']);
  t.same(covering({ class: 'critical' }, policy('all')), ['policy/all']);
  t.same(covering({ class: 'cache' }), [], 'one without a schedule covers nothing');
  t.same(covering({}), []);
});

t.test('what is left out', async (t) => {
  const excluded = (volume: Partial<CoverSubject>, ...policies: PolicySource[]) =>
    coverageOf({ ...plain, ...volume }, sources(...policies)).excluded;
  t.match(excluded({ labels: { 'stowage.backup': 'off' } }, policy('all')), /stowage.backup=off/);
  t.match(excluded({ declared: [{ ...declared, backup: 'off' }] }, policy('all')), /stowage.backup=off/);
  t.equal(
    excluded({ labels: { 'stowage.backup': 'on' }, declared: [{ ...declared, backup: 'off' }] }, policy('all')),
    null,
    "the volume's own word wins",
  );
  t.match(excluded({ holdsRepository: 'default' }, policy('all')), /"default"/);
  t.match(excluded({ kind: 'anonymous' }, policy('all')), /Anonymous/);
  t.equal(excluded({ kind: 'anonymous' }, policy('all', { anonymous: true })), null);
  t.equal(excluded({ kind: 'anonymous', labels: { 'stowage.policy': 'all' } }, policy('all')), null);
});
