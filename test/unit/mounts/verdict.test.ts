import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { type Severity, severities } from '../../../src/findings/rule.ts';
import { effectOf, verdictOf, worstFirst } from '../../../src/mounts/verdict.ts';

type Settings = Readonly<Record<string, string>>;

function effect(severity: Severity, settings: Settings, rule = 'MNT-001') {
  return effectOf({ rule, severity }, readConfig(settings).policy);
}

const table: [what: string, settings: Settings, effects: string][] = [
  ['by default', {}, 'deny warn warn warn allow'],
  ['denied from high', { STOWAGE_DENY_FROM: 'high' }, 'deny deny warn warn allow'],
  ['warned from medium', { STOWAGE_WARN_FROM: 'medium' }, 'deny warn warn allow allow'],
  ['never denied', { STOWAGE_DENY_FROM: 'never' }, 'warn warn warn warn allow'],
  ['never anything', { STOWAGE_DENY_FROM: 'never', STOWAGE_WARN_FROM: 'never' }, 'allow allow allow allow allow'],
  ['never warned', { STOWAGE_WARN_FROM: 'never' }, 'deny allow allow allow allow'],
  ['denied from info', { STOWAGE_DENY_FROM: 'info' }, 'deny deny deny deny deny'],
  ['warned where it would be denied', { STOWAGE_RULES: 'MNT-001=warn' }, 'warn warn warn warn warn'],
  ['allowed', { STOWAGE_RULES: 'MNT-001=allow' }, 'allow allow allow allow allow'],
  ['denied', { STOWAGE_RULES: 'MNT-001=deny' }, 'deny deny deny deny deny'],
  ['another rule', { STOWAGE_RULES: 'MNT-002=deny' }, 'deny warn warn warn allow'],
];

for (const [what, settings, effects] of table)
  t.test(`severities, ${what}`, async (t) => {
    t.equal(severities.map((severity) => effect(severity, settings)).join(' '), effects);
  });

t.test('the verdict is the worst effect', async (t) => {
  const verdict = (...effects: ('allow' | 'warn' | 'deny')[]) => verdictOf(effects.map((effect) => ({ effect })));
  t.equal(verdict(), 'allow');
  t.equal(verdict('allow'), 'allow');
  t.equal(verdict('allow', 'warn', 'allow'), 'warn');
  t.equal(verdict('warn', 'deny', 'allow'), 'deny');
});

t.test('the worst stands first', async (t) => {
  const finding = (
    effect: 'allow' | 'warn' | 'deny',
    severity: Severity,
    rule: string,
    target: string | null = null,
  ) => ({
    effect,
    severity,
    rule,
    target,
    volume: null,
  });
  const sorted = [
    finding('deny', 'critical', 'MNT-001', '/a'),
    finding('deny', 'critical', 'MNT-001', '/b'),
    finding('deny', 'critical', 'MNT-002'),
    finding('deny', 'low', 'MNT-001'),
    finding('warn', 'high', 'MNT-001'),
    finding('allow', 'critical', 'MNT-001'),
  ];
  t.same(sorted.toReversed().sort(worstFirst), sorted);
});
