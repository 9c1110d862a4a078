import type { EngineBuildCache } from '../engine/engine-objects.ts';
import { type Judgement, judged, type PlannedItem, premiseOf } from './judgement.ts';
import type { BuildCacheWish } from './wish.ts';

/** Whether a record of the build cache goes, apart from how much of the cache is to stay. */
export function judgeBuildCache(record: EngineBuildCache, { unusedSince, all }: BuildCacheWish): Judgement {
  const usedAt = lastUseOf(record);
  return judged(
    [
      record.inUse ? 'A build or an image uses it.' : null,
      record.shared && !all ? 'An image shares its content; `all`: true takes it too.' : null,
      unusedSince !== null && usedAt === null ? 'When it was used last is not known.' : null,
      unusedSince !== null && usedAt !== null && usedAt >= unusedSince
        ? `It was used at ${usedAt.toISOString()}, which is not before ${unusedSince.toISOString()}.`
        : null,
    ],
    [usedAt === null ? 'Nothing uses it.' : `Nothing uses it since ${usedAt.toISOString()}.`],
  );
}

/** The records that a wish is about, judged. */
export function planBuildCache(records: readonly EngineBuildCache[], wish: BuildCacheWish): PlannedItem[] {
  // A record depends on older ones, which cannot go before it.
  const wanted = records
    .filter(({ id }) => wish.ids === null || wish.ids.has(id))
    .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  const judgements = new Map(wanted.map((record) => [record.id, judgeBuildCache(record, wish)]));
  const staying = wish.keepBytes === null ? new Set<string>() : keptOf(records, judgements, wish.keepBytes);
  return wanted.map((record) => {
    const { id, description, bytes, shared, lastUsedAt } = record;
    const judgement = judgements.get(id) ?? judgeBuildCache(record, wish);
    const isKept = judgement.action === 'remove' && staying.has(id);
    return {
      kind: 'build_cache',
      id,
      name: description === '' ? id : description.slice(0, 200),
      bytes: shared ? 0 : bytes,
      ...(isKept ? { action: 'keep', reasons: ['The cache may keep as much.'] } : judgement),
      project: null,
      snapshotFirst: false,
      premise: premiseOf(bytes, shared, lastUsedAt),
    };
  });
}

/** What stays so that the cache keeps up to `keepBytes`: what was used least recently goes first. */
function keptOf(
  records: readonly EngineBuildCache[],
  judgements: ReadonlyMap<string, Judgement>,
  keepBytes: number,
): Set<string> {
  const leaving = records.filter(({ id }) => judgements.get(id)?.action === 'remove');
  const oldestFirst = leaving.toSorted((a, b) => (lastUseOf(a)?.getTime() ?? 0) - (lastUseOf(b)?.getTime() ?? 0));
  let total = records.reduce((sum, { bytes }) => sum + bytes, 0);
  const kept = new Set<string>();
  for (const { id, bytes } of oldestFirst) {
    if (total <= keepBytes) kept.add(id);
    else total -= bytes;
  }
  return kept;
}

function lastUseOf({ lastUsedAt, createdAt }: EngineBuildCache): Date | null {
  return lastUsedAt ?? createdAt;
}
