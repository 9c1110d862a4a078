import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { runRequestHelper } from '../engine/request-helper.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { readTmpfsLine, type TmpfsPlace, type TmpfsUse, tmpfsHelper } from './tmpfs-probe.ts';
import { saveTmpfsUse, type TmpfsMount, tmpfsMounts } from './tmpfs-store.ts';

/** What a helper may be given in arguments: targets may be long, and the kernel takes 2 MiB. */
const batch = 200;
const concurrency = 4;
const helperSeconds = 60;

/** Measures what each tmpfs of the running containers of a host holds at the moment; the one of a container that has stopped is gone. */
export async function measureTmpfs(
  { db, engines }: Pick<Ports, 'db' | 'engines'>,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  const engine = engines.get(host);
  const places = await placesOf(engine, await tmpfsMounts(db, host), signal);
  const uses: TmpfsUse[] = [];
  for (let start = 0; start < places.length && !signal.aborted; start += batch)
    uses.push(...(await probe(engine, places.slice(start, start + batch))));
  if (!signal.aborted) await saveTmpfsUse(db, host, uses);
}

/** With the process of each container; one that does not run any more is left out. */
async function placesOf(engine: Engine, mounts: readonly TmpfsMount[], signal: AbortSignal): Promise<TmpfsPlace[]> {
  const byContainer = [...Map.groupBy(mounts, ({ container }) => container)];
  const places = await mapConcurrently(byContainer, concurrency, async ([container, ofContainer]) => {
    const pid = signal.aborted ? null : ((await engine.containerPlace(container))?.pid ?? null);
    return pid === null ? [] : ofContainer.map(({ target }) => ({ container, target, pid }));
  });
  return places.flat();
}

async function probe(engine: Engine, places: readonly TmpfsPlace[]): Promise<TmpfsUse[]> {
  const uses: TmpfsUse[] = [];
  const request = { step: 'tmpfs', spec: tmpfsHelper(places), secrets: null, seconds: helperSeconds };
  await runRequestHelper(engine, request, ({ stream, text }) => {
    const use = stream === 'stdout' ? readTmpfsLine(text, places) : null;
    if (use !== null) uses.push(use);
  });
  return uses;
}
