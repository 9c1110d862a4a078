import type { Config } from '../config.ts';
import { type Severity, severities } from '../findings/rule.ts';
import type { Effect } from './evaluation-model.ts';

type Policy = Config['policy'];
type Limit = Policy['warnFrom'];

const effects: readonly Effect[] = ['deny', 'warn', 'allow'];

/** What follows from a finding: what the policy says of its rule, else of its severity. */
export function effectOf({ rule, severity }: { rule: string; severity: Severity }, policy: Policy): Effect {
  const treatment = policy.rules.get(rule);
  if (treatment === 'allow' || treatment === 'warn' || treatment === 'deny') return treatment;
  if (reachesLimit(severity, policy.denyFrom)) return 'deny';
  return reachesLimit(severity, policy.warnFrom) ? 'warn' : 'allow';
}

/** The worst effect of all findings; without any, the container may be made. */
export function verdictOf(findings: readonly { readonly effect: Effect }[]): Effect {
  return effects.find((effect) => findings.some((finding) => finding.effect === effect)) ?? 'allow';
}

interface Ranked {
  readonly effect: Effect;
  readonly severity: Severity;
  readonly rule: string;
  readonly target: string | null;
  readonly volume: string | null;
}

/** For sorting: the worst effect first, then the worst severity, then by rule and place. */
export function worstFirst(a: Ranked, b: Ranked): number {
  return (
    effects.indexOf(a.effect) - effects.indexOf(b.effect) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compare(a.rule, b.rule) ||
    compare(a.target ?? '', b.target ?? '') ||
    compare(a.volume ?? '', b.volume ?? '')
  );
}

function reachesLimit(severity: Severity, limit: Limit): boolean {
  return limit !== 'never' && severities.indexOf(severity) <= severities.indexOf(limit);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
