import t from 'tap';
import {
  type AccessRule,
  type Consumer,
  decide,
  nobody,
  type RuleSubject,
  stateAt,
  type VolumeMount,
} from '../../../src/shares/decide.ts';

const now = new Date('2026-11-26T12:00:00Z');
const before = new Date(now.getTime() - 1);
const after = new Date(now.getTime() + 1);
const key = 'key:3f6c1d0e-8a47-4d3a-9b52-7c1e019ab5e4';

const subject = (kind: RuleSubject['kind'], value: string, project: string | null = null): RuleSubject => ({
  kind,
  value,
  project,
});
const rule = (differing: Partial<AccessRule> = {}): AccessRule => ({
  id: 'r',
  subject: subject('project', 'reports'),
  access: 'ro',
  acrossEnvironments: false,
  state: 'active',
  expiresAt: null,
  ...differing,
});
const reports: Consumer = { ...nobody, project: 'reports' };
const reading: VolumeMount = { project: 'shop', environment: null, readOnly: true };
const writing: VolumeMount = { ...reading, readOnly: false };

function verdict(rules: readonly AccessRule[], consumer: Consumer, mount: VolumeMount): string {
  const decision = decide(rules, consumer, mount, now);
  const what = decision.verdict === 'allow' ? decision.access : decision.cause;
  return `${decision.verdict} ${what} ${decision.rule}`;
}

t.test('what rules give', async (t) => {
  const rw = rule({ id: 'w', access: 'rw' });
  const table: [string, AccessRule[], Consumer, VolumeMount, string][] = [
    ['the own project reads', [], { ...nobody, project: 'shop' }, reading, 'allow rw null'],
    ['the own project writes', [], { ...nobody, project: 'shop' }, writing, 'allow rw null'],
    ['another project', [], reports, reading, 'deny no_rule null'],
    ['a consumer without a project', [rule()], nobody, reading, 'deny no_rule null'],
    ['a volume without a project is nobody’s', [], nobody, { ...reading, project: null }, 'deny no_rule null'],
    ['a volume without a project, by a rule', [rule()], reports, { ...reading, project: null }, 'allow ro r'],
    ['ro is enough to read', [rule()], reports, reading, 'allow ro r'],
    ['ro is not enough to write', [rule()], reports, writing, 'deny read_only r'],
    ['rw', [rw], reports, writing, 'allow rw w'],
    ['the one that gives most decides', [rule(), rw], reports, writing, 'allow rw w'],
    [
      'a rule about another project',
      [rule({ subject: subject('project', 'blog') })],
      reports,
      reading,
      'deny no_rule null',
    ],
    [
      'a name that begins alike',
      [rule({ subject: subject('project', 'report') })],
      reports,
      reading,
      'deny no_rule null',
    ],
    ['requested', [rule({ state: 'requested' })], reports, reading, 'deny no_rule null'],
    ['denied', [rule({ state: 'denied' })], reports, reading, 'deny no_rule null'],
    ['revoked', [rule({ state: 'revoked' })], reports, reading, 'deny no_rule null'],
    ['expired', [rule({ state: 'expired' })], reports, reading, 'deny no_rule null'],
    ['over, and not written down as that', [rule({ expiresAt: before })], reports, reading, 'deny no_rule null'],
    ['over at this very time', [rule({ expiresAt: now })], reports, reading, 'deny no_rule null'],
    ['not over yet', [rule({ expiresAt: after })], reports, reading, 'allow ro r'],
    ['the better one is over', [rule(), { ...rw, expiresAt: before }], reports, writing, 'deny read_only r'],
  ];
  for (const [name, rules, consumer, mount, expected] of table)
    t.equal(verdict(rules, consumer, mount), expected, name);
});

t.test('whom rules are about', async (t) => {
  const user = 'user:https://id.example|anna';
  const label = (value: string) => subject('container_label', value, 'reports');
  const labelled = (labels: Record<string, string>, project = 'reports'): Consumer => ({ ...nobody, project, labels });
  const granted = (role: 'viewer' | 'operator', project: string | null): Consumer => ({
    ...nobody,
    grants: [{ role, project }],
  });
  const table: [string, RuleSubject, Consumer, boolean][] = [
    ['a user', subject('user', user), { ...nobody, subject: user }, true],
    ['another user', subject('user', user), { ...nobody, subject: `${user}a` }, false],
    ['a service', subject('service', key), { ...nobody, subject: key }, true],
    ['a role on a project', subject('role', 'operator', 'reports'), granted('operator', 'reports'), true],
    ['another role', subject('role', 'operator', 'reports'), granted('viewer', 'reports'), false],
    ['the role on another project', subject('role', 'operator', 'reports'), granted('operator', 'blog'), false],
    ['the role on everything is another one', subject('role', 'operator', 'reports'), granted('operator', null), false],
    ['a role within no project', subject('role', 'operator'), granted('operator', null), false],
    ['a label and its value', label('tier=batch'), labelled({ tier: 'batch' }), true],
    ['another value', label('tier=batch'), labelled({ tier: 'batches' }), false],
    ['any value', label('tier'), labelled({ tier: '' }), true],
    ['no such label', label('tier'), labelled({ tiers: 'x' }), false],
    ['a name of every object', label('constructor'), labelled({}), false],
    ['the label in another project', label('tier=batch'), labelled({ tier: 'batch' }, 'blog'), false],
    ['the label without a project', label('tier=batch'), { ...nobody, labels: { tier: 'batch' } }, false],
    ['a value with =', label('a=b=c'), labelled({ a: 'b=c' }), true],
    ['a certificate', subject('client_certificate', 'ci'), { ...nobody, certificate: 'ci' }, true],
    ['another certificate', subject('client_certificate', 'ci'), { ...nobody, certificate: 'CI' }, false],
    ['by an attachment', subject('user', user), { ...nobody, project: 'reports', attachedBy: ['r'] }, true],
    ['by the attachment of another rule', subject('user', user), { ...nobody, attachedBy: ['x'] }, false],
  ];
  for (const [name, about, consumer, isMet] of table) {
    const expected = isMet ? 'allow ro r' : 'deny no_rule null';
    t.equal(verdict([rule({ subject: about })], consumer, reading), expected, name);
  }
});

t.test('environments are kept apart', async (t) => {
  const production: VolumeMount = { ...reading, environment: 'production' };
  const test: Consumer = { ...reports, environment: 'test' };
  const own: Consumer = { ...test, project: 'shop' };
  const across = rule({ id: 'a', acrossEnvironments: true });
  const ofOwn = rule({ id: 'o', acrossEnvironments: true, subject: subject('project', 'shop') });
  const table: [string, AccessRule[], Consumer, VolumeMount, string][] = [
    ['a rule that says nothing of them', [rule()], test, production, 'deny environment r'],
    ['a rule that holds across', [across], test, production, 'allow ro a'],
    ['the same environment', [rule()], { ...test, environment: 'production' }, production, 'allow ro r'],
    ['the environment of the consumer is not known', [rule()], reports, production, 'allow ro r'],
    ['the environment of the volume is not known', [rule()], test, reading, 'allow ro r'],
    ['within the own project', [], own, production, 'deny environment null'],
    ['within the own project, by a rule', [ofOwn], own, production, 'allow ro o'],
    ['… to read only', [ofOwn], own, { ...production, readOnly: false }, 'deny read_only o'],
    ['neither rule nor environment', [], test, production, 'deny no_rule null'],
    [
      'rw that does not hold across',
      [rule({ access: 'rw' }), across],
      test,
      { ...production, readOnly: false },
      'deny read_only a',
    ],
  ];
  for (const [name, rules, consumer, mount, expected] of table)
    t.equal(verdict(rules, consumer, mount), expected, name);
});

t.test('time alone ends what is requested or active, and nothing else', async (t) => {
  for (const state of ['requested', 'active'] as const) t.equal(stateAt({ state, expiresAt: before }, now), 'expired');
  for (const state of ['revoked', 'denied', 'expired'] as const)
    t.equal(stateAt({ state, expiresAt: before }, now), state);
  t.equal(stateAt({ state: 'active', expiresAt: after }, now), 'active');
});
