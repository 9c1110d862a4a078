import { scopeOf } from '../access/roles.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineBuildCache } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import type { JobResult } from '../jobs/model.ts';
import { type Course, openCourse } from './course.ts';
import { measureContainers } from './measure-containers.ts';
import { measureVolumes } from './measure-volumes.ts';
import type { RootFileSystem, SpaceCategory } from './model.ts';
import { forgetOldSamples, saveHostSample, saveStorage } from './sample-store.ts';
import { surveyStorage } from './survey-storage.ts';

/** Measures the space on a host: volumes, containers, images, build cache, and the storage below all of them. */
export const measureHandler: JobHandler = {
  locks: ({ host }) => [{ resource: `measure/${host}`, slots: 1 }],
  authorize(actor) {
    if (scopeOf(actor, 'operate') !== 'all')
      throw fail('forbidden', `${actor.subject} may not "operate" on everything any more; nothing was measured.`);
  },
  run: measureHost,
};

async function measureHost(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const { ports, host } = job;
  const engine = ports.engines.get(host);
  const course = openCourse(job);
  await course.save();

  const { rootFolder } = await engine.info();
  const storage = await course.attempt('host/storage', () => surveyStorage(engine, job, rootFolder));
  if (storage !== null) await saveStorage(ports.db, host, storage, course.at);
  // Where the root folder cannot be seen its volumes cannot either, and are mounted one by one.
  await measureVolumes(engine, job, course, storage === null ? null : rootFolder);
  await measureContainers(engine, job, course);
  const images = await sample(engine, job, course, storage);
  await forgetOldSamples(ports.db, ports.config.historyDays);
  await ports.notices.publish({ topic: 'inventory', id: host });

  const { volumesMeasured, containersMeasured } = course.state;
  const seconds = (Date.now() - startedAt) / 1000;
  return { volumesMeasured, containersMeasured, imagesMeasured: images, skipped: course.skipped(), seconds };
}

/** Writes down what the host holds in all; gives the number of images. */
async function sample(
  engine: Engine,
  job: RunningJob,
  course: Course,
  storage: RootFileSystem | null,
): Promise<number> {
  const images = await course.attempt('host/images', () => engine.imageSpace());
  const count = images?.count ?? (await engine.listImages()).length;
  const cache = await course.attempt('host/build-cache', () => engine.listBuildCache());
  await saveHostSample(job.ports.db, job.host, course.at, {
    images,
    buildCache: cache === null ? null : toCategory(cache),
    root: storage === null ? null : { totalBytes: storage.totalBytes, freeBytes: storage.freeBytes },
  });
  return count;
}

/** As Docker counts: what is shared with other records stands with those. */
function toCategory(records: readonly EngineBuildCache[]): SpaceCategory {
  const sum = (some: readonly EngineBuildCache[]) =>
    some.filter(({ shared }) => !shared).reduce((total, { bytes }) => total + bytes, 0);
  const idle = records.filter(({ inUse }) => !inUse);
  return {
    count: records.length,
    active: records.length - idle.length,
    bytes: sum(records),
    reclaimableBytes: sum(idle),
  };
}
