import { type Action, actionsOn, type Cause, canAccess, type Decision, type Subject } from './can-access.ts';
import { explain } from './explain.ts';
import type { Alike, FolderAbove, Survey } from './survey.ts';

const causesKept = 20;
const pathsKept = 5;

/** Why some entries deny something. */
export interface CauseCount {
  readonly cause: Cause;
  readonly sentence: string;
  /** The folder that denies, from the root; null when it is each entry itself. */
  readonly folder: string | null;
  readonly entries: number;
  readonly paths: readonly string[];
}

/** What a subject may do with the entries of one survey. */
export interface ActionCount {
  readonly action: Action;
  readonly allowed: number;
  readonly denied: number;
  /** The most frequent ones. */
  readonly causes: readonly CauseCount[];
}

const order: readonly Action[] = ['list', 'read', 'write', 'create', 'delete'];

/** Counts over all entries of a survey, and why not. `name` is how the subject is called in sentences. */
export function judgeAccess(survey: Pick<Survey, 'alike'>, subject: Subject, name: string): ActionCount[] {
  const counts = new Map(order.map((action) => [action, newCount()]));
  for (const alike of survey.alike)
    for (const action of actionsOn(alike.entry.type)) {
      if (action === 'delete' && alike.parent === null) continue;
      const count = counts.get(action);
      if (count !== undefined) add(count, alike, decideOn(alike, subject, action), { action, subject, name });
    }
  return [...counts].map(([action, { allowed, denied, causes }]) => ({
    action,
    allowed,
    denied,
    causes: [...causes.values()].sort((one, other) => other.entries - one.entries).slice(0, causesKept),
  }));
}

interface Count {
  allowed: number;
  denied: number;
  readonly causes: Map<string, CauseCount>;
}

function newCount(): Count {
  return { allowed: 0, denied: 0, causes: new Map() };
}

interface Judged {
  readonly decision: Decision;
  readonly folder: FolderAbove | null;
}

/** The folder an entry is in must stand last among those above. */
function decideOn({ entry, above, parent }: Alike, subject: Subject, action: Action): Judged {
  const others = above.filter((folder) => folder.entry !== parent);
  const inside = above.find((folder) => folder.entry === parent);
  const way = inside === undefined ? others : [...others, inside];
  const decision = canAccess(subject, { entry, above: way.map((folder) => folder.entry) }, action);
  const folder = decision.allowed || decision.place === 'itself' ? null : (way[decision.place] ?? null);
  return { decision, folder };
}

function add(
  count: Count,
  { entries, paths }: Alike,
  { decision, folder }: Judged,
  asked: { action: Action; subject: Subject; name: string },
): void {
  if (decision.allowed) {
    count.allowed += entries;
    return;
  }
  count.denied += entries;
  const sentence = explain(decision, { ...asked, folder: folder?.path ?? null });
  const known = count.causes.get(sentence);
  count.causes.set(sentence, {
    cause: decision.cause,
    sentence,
    folder: folder?.path ?? null,
    entries: (known?.entries ?? 0) + entries,
    paths: [...(known?.paths ?? []), ...paths].slice(0, pathsKept),
  });
}
