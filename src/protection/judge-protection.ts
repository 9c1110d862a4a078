import type { RestoreDrill } from '../drills/model.ts';
import type { Candidate, Coverage } from '../policies/read.ts';
import { intervalSeconds } from '../schedule.ts';
import type { ProtectionState, VolumeProtection } from './model.ts';

/** What is known of a volume besides what covers it. */
export interface ProtectionFacts {
  readonly lastBackup: { readonly snapshot: string; readonly repositoryId: string; readonly takenAt: Date } | null;
  readonly lastFailure: VolumeProtection['lastFailure'];
  readonly lastDrill: RestoreDrill | null;
  readonly anomaly: string | null;
}

export interface Objectives {
  readonly rpoSeconds: number | null;
  readonly rtoSeconds: number | null;
}

interface Judgement extends Objectives {
  readonly state: ProtectionState;
  readonly problems: string[];
}

/** What a volume is promised: of several policies the strictest; what a policy does not say is that of the class. */
export function objectivesOf({ sources, class: dataClass }: Coverage, now: Date): Objectives {
  const rpo = sources.map(
    (source) =>
      source.rpoSeconds ??
      dataClass?.rpoSeconds ??
      (source.schedule === null ? null : twice(intervalSeconds(source.schedule, now))),
  );
  const rto = sources.map((source) => source.rtoSeconds ?? dataClass?.rtoSeconds ?? null);
  return { rpoSeconds: smallest(rpo), rtoSeconds: smallest(rto) };
}

/** Whether what a volume is promised is kept. Time alone can break a promise: no job needs to fail for that. */
export function judgeProtection(
  volume: Pick<Candidate, 'since'>,
  coverage: Coverage,
  { lastBackup, lastFailure, lastDrill, anomaly }: ProtectionFacts,
  now: Date,
): Judgement {
  const objectives = objectivesOf(coverage, now);
  if (coverage.excluded !== null) return { ...objectives, state: 'excluded', problems: [coverage.excluded] };
  if (coverage.sources.length === 0) return { ...objectives, state: 'uncovered', problems: [uncovered(coverage)] };
  const { rpoSeconds, rtoSeconds } = objectives;
  const age = secondsBetween(lastBackup?.takenAt ?? volume.since, now);
  const breaches = [
    ...(rpoSeconds !== null && age > rpoSeconds ? [tooOld(lastBackup !== null, rpoSeconds)] : []),
    ...(rtoSeconds !== null && lastDrill?.ok === true && lastDrill.seconds > rtoSeconds
      ? [`A restore took ${Math.round(lastDrill.seconds)} seconds in the last drill; ${rtoSeconds} are promised.`]
      : []),
    ...(lastDrill?.ok === false ? [`The last restore drill failed: ${lastDrill.error?.detail ?? ''}`] : []),
  ];
  const risks = [
    ...(lastFailure === null ? [] : [`The last backup failed: ${lastFailure.error.detail}`]),
    ...(anomaly === null ? [] : [anomaly]),
  ];
  const state = stateOf(breaches.length > 0, lastBackup !== null, risks.length > 0);
  return { ...objectives, state, problems: [...breaches, ...risks] };
}

function stateOf(isBreached: boolean, hasBackup: boolean, isAtRisk: boolean): ProtectionState {
  if (isBreached) return 'breached';
  if (!hasBackup && !isAtRisk) return 'waiting';
  return isAtRisk ? 'at_risk' : 'protected';
}

function uncovered({ unknownPolicies: [first, ...others], class: dataClass }: Coverage): string {
  if (first !== undefined)
    return `Its label asks for the policy "${[first, ...others].join('", "')}", which is not there, is disabled, or is of another project.`;
  if (dataClass !== null) return `No policy covers it, and its class "${dataClass.name}" has no schedule.`;
  return 'No policy covers it, and it has no class.';
}

/** Without the age: it grows with each look, and a finding is to be told once. */
function tooOld(hasBackup: boolean, rpo: number): string {
  if (hasBackup) return `The newest good backup is older than the ${rpo} seconds that are promised.`;
  return `There is no good backup, and the volume is older than the ${rpo} seconds that are promised.`;
}

function smallest(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function twice(seconds: number | null): number | null {
  return seconds === null ? null : 2 * seconds;
}

export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1000);
}
