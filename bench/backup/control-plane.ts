import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setInterval as every } from 'node:timers/promises';
import { scale } from './data.ts';
import { backUp, newRepository, type Scene, secondsIn, withScene, withVolume } from './scene.ts';
import { median } from './table.ts';

const small = 100;
const large = Math.max(small, Math.round(5_000 * scale));
const mostGrowth = 20;
const starts = 15;

/** That the control plane's memory does not grow with the volume, and how soon a helper runs after the request. */
export async function benchControlPlane(print: (line: string) => void): Promise<void> {
  await withScene(print, async (scene) => {
    const repository = await newRepository(scene, 'control-plane');
    // What is loaded once, and what V8 takes before it collects for the first time, is no matter of the volume.
    for (let round = 1; round <= 3; round += 1) await peakOf(scene, repository, small, round);
    const few = await peakOf(scene, repository, small, 4);
    const many = await peakOf(scene, repository, large, 5);
    const verdict = many - few <= mostGrowth ? 'yes' : '**no**';
    print(
      `memory of the control plane: at most ${few.toFixed(0)} MiB with ${small} MiB to back up, ${many.toFixed(0)} MiB with ${large} MiB; within ${mostGrowth} MiB: ${verdict}`,
    );
    await withVolume(scene, 'bench-start', async () => {
      const seconds: number[] = [];
      for (let round = 0; round < starts; round += 1) seconds.push(await secondsToHelper(scene, repository));
      const middle = median(seconds);
      print(
        `from the request to a running helper: ${middle.toFixed(2)} s (median); below 1 s: ${middle < 1 ? 'yes' : '**no**'}`,
      );
    });
  });
}

async function peakOf(scene: Scene, repository: string, mebibytes: number, round: number): Promise<number> {
  const volume = `bench-memory-${round}`;
  return await withVolume(scene, volume, async () => {
    await secondsIn(
      scene,
      volume,
      `for n in $(seq ${Math.ceil(mebibytes / 100)}); do head -c 104857600 /dev/urandom > /data/f$n; done`,
    );
    const stop = new AbortController();
    const peak = watch(scene.server.pid, stop.signal);
    await backUp(scene, volume, repository);
    stop.abort();
    return await peak;
  });
}

async function watch(pid: number, signal: AbortSignal): Promise<number> {
  let peak = 0;
  try {
    for await (const _ of every(200, undefined, { signal })) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return peak;
}

async function secondsToHelper(scene: Scene, repository: string): Promise<number> {
  const events = await scene.engine.getEvents({
    filters: { type: ['container'], event: ['start'], label: ['stowage.job'] },
  });
  const startedAt = performance.now();
  const started = once(events, 'data').then(() => (performance.now() - startedAt) / 1000);
  await backUp(scene, 'bench-start', repository);
  const seconds = await started;
  (events as unknown as { destroy(): void }).destroy();
  return seconds;
}
