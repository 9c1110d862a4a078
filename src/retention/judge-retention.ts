import type { Retention } from '../policies/read.ts';
import type { SnapshotReason, SnapshotState } from '../snapshots/model.ts';

/** A snapshot of a volume in one repository. */
export interface Retained {
  readonly id: string;
  readonly takenAt: Date;
  readonly reason: SnapshotReason;
  readonly state: SnapshotState;
}

/** What decides besides the snapshots themselves. */
export interface RetentionFacts {
  /** Of the policies that cover the volume, or of its class: a snapshot stays when any keeps it. */
  readonly rules: readonly Retention[];
  /** Why a snapshot must stay, by id: a hold, a job that reads it, a deleted volume that can be brought back from it. */
  readonly needed: ReadonlyMap<string, readonly string[]>;
  /** Why nothing goes at all. */
  readonly obstacle: string | null;
  /** How long what was kept before a restore or a deletion stays. */
  readonly undeleteSeconds: number;
  readonly now: Date;
}

export interface Verdict {
  readonly isKept: boolean;
  /** Why it stays, or why it goes. */
  readonly reasons: string[];
}

/**
 * What stays of the snapshots of one volume in one repository, and why; newest first. As restic's `forget` counts, with more
 * caution: only good backups count, the newest good one never goes, and a partial one stays until a good one is newer.
 */
export function judgeRetention<Snapshot extends Retained>(
  snapshots: readonly Snapshot[],
  facts: RetentionFacts,
): (Snapshot & Verdict)[] {
  const sorted = snapshots.toSorted((one, other) => other.takenAt.getTime() - one.takenAt.getTime());
  const good = sorted.filter(({ reason, state }) => reason === 'backup' && state === 'good');
  const kept = keptBy(facts.rules, good);
  return sorted.map((snapshot) => {
    const reasons = [
      ...(facts.obstacle === null ? [] : [facts.obstacle]),
      ...(facts.needed.get(snapshot.id) ?? []),
      ...(kept.get(snapshot.id) ?? []),
      ...ownReasons(snapshot, good[0], facts),
    ];
    const isKept = reasons.length > 0;
    return { ...snapshot, isKept, reasons: isKept ? reasons : [leavingReason(snapshot)] };
  });
}

function ownReasons(
  { id, reason, state, takenAt }: Retained,
  newestGood: Retained | undefined,
  { rules, undeleteSeconds, now }: RetentionFacts,
): string[] {
  if (reason === 'foreign') return ['It was not made by Stowage.'];
  if (reason === 'before_restore' || reason === 'before_delete')
    return now.getTime() - takenAt.getTime() < undeleteSeconds * 1000
      ? [
          `What it holds may be wanted back: it was made before ${reason === 'before_restore' ? 'a restore' : 'a deletion'}.`,
        ]
      : [];
  // Its files were in use: it serves while the backup that it belongs to has not ended well.
  if (reason === 'first_pass')
    return newestGood === undefined || newestGood.takenAt < takenAt ? ['No good backup is newer.'] : [];
  if (rules.length === 0) return ['No policy and no class says how long it is kept.'];
  if (id === newestGood?.id) return ['It is the newest good backup.'];
  if (state === 'partial' && (newestGood === undefined || newestGood.takenAt < takenAt))
    return ['It is partial, and no good backup is newer.'];
  return [];
}

function leavingReason({ reason, state }: Retained): string {
  if (reason === 'first_pass') return 'A good backup is newer than this first pass.';
  if (reason !== 'backup') return 'The time in which it could be wanted back is over.';
  return state === 'partial' ? 'It is partial, and a good backup is newer.' : 'No rule keeps it.';
}

const periods = {
  hourly: (time: Date) => time.toISOString().slice(0, 13),
  daily: (time: Date) => time.toISOString().slice(0, 10),
  weekly: (time: Date) => weekOf(time),
  monthly: (time: Date) => time.toISOString().slice(0, 7),
  yearly: (time: Date) => time.toISOString().slice(0, 4),
} as const;

/** The Monday of the week. */
function weekOf(time: Date): string {
  const daysSinceMonday = (time.getUTCDay() + 6) % 7;
  return new Date(time.getTime() - daysSinceMonday * 86_400_000).toISOString().slice(0, 10);
}

function keptBy(rules: readonly Retention[], good: readonly Retained[]): ReadonlyMap<string, readonly string[]> {
  const kept = new Map<string, Set<string>>();
  const keep = (id: string, reason: string) => kept.set(id, (kept.get(id) ?? new Set()).add(reason));
  for (const rule of rules) {
    for (const { id } of good.slice(0, rule.last)) keep(id, 'last');
    for (const { id } of within(good, rule.withinDays)) keep(id, 'withinDays');
    for (const [period, keyOf] of Object.entries(periods))
      for (const { id } of firstOfEach(good, rule[period as keyof typeof periods], keyOf)) keep(id, period);
  }
  return new Map([...kept].map(([id, reasons]) => [id, [...reasons]]));
}

/** Days before the newest one, not before now: when backups stop, none goes for that. */
function within(good: readonly Retained[], days: number): Retained[] {
  const [newest] = good;
  if (newest === undefined || days === 0) return [];
  const since = newest.takenAt.getTime() - days * 86_400_000;
  return good.filter(({ takenAt }) => takenAt.getTime() >= since);
}

/** The newest of each period, of so many periods; as long as there are fewer the oldest of all too, as with restic. */
function firstOfEach(good: readonly Retained[], count: number, keyOf: (time: Date) => string): Retained[] {
  const first: Retained[] = [];
  let last = '';
  for (const [index, snapshot] of good.entries()) {
    if (first.length >= count) break;
    const key = keyOf(snapshot.takenAt);
    if (key !== last || index === good.length - 1) first.push(snapshot);
    last = key;
  }
  return first;
}
