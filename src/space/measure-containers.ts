import type { Engine } from '../engine/engine.ts';
import type { RunningJob } from '../jobs/handler.ts';
import type { Course } from './course.ts';
import { progressOver } from './progress.ts';
import { countContainers, type MeasuredContainer, nextContainers, saveContainerSizes } from './sample-store.ts';

const batchSize = 20;

/** Asks the engine for the sizes of all containers of a host, one at a time: it walks the layer of each. */
export async function measureContainers(engine: Engine, job: RunningJob, course: Course): Promise<void> {
  const { db } = job.ports;
  const report = progressOver(job, 'containers', await countContainers(db, job.host));
  const seen = { entries: 0, bytes: 0 };
  for (;;) {
    const batch = await nextContainers(db, job.host, course.state.containersAfter, batchSize);
    const last = batch.at(-1);
    if (last === undefined) return;
    const measured: MeasuredContainer[] = [];
    for (const { id, name } of batch) {
      job.signal.throwIfAborted();
      const size = await course.attempt(`container/${name}`, () => engine.containerSize(id));
      // One that is gone has been removed meanwhile.
      if (size !== null) measured.push({ id, ...size });
      seen.entries += 1;
      seen.bytes += size?.writableBytes ?? 0;
      report(seen.entries, seen);
    }
    await saveContainerSizes(db, job.host, course.at, measured);
    course.state.containersMeasured += measured.length;
    course.state.containersAfter = last.id;
    await course.save();
  }
}
