import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { HelperMount } from '../engine/helper.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { dropPhantom, type HelperStep, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import type { Course } from './course.ts';
import { progressOver } from './progress.ts';
import { readCapabilities } from './read-capabilities.ts';
import {
  countVolumes,
  type MeasurableVolume,
  type MeasuredVolume,
  nextVolumes,
  saveVolumeErrors,
  saveVolumeSizes,
} from './sample-store.ts';
import { mountedAt, sizeScript, volumesAt } from './scripts.ts';
import { type SizeReader, sizeReader } from './size-lines.ts';
import { wayTo } from './ways.ts';

/** One helper sizes so many; the names stand in its command line. */
const batchSize = 500;

type Report = (reader: SizeReader) => void;

/** Sizes all volumes of a host, batch by batch, and writes down each batch. Without a root folder each volume is mounted by a helper of its own. */
export async function measureVolumes(
  engine: Engine,
  job: RunningJob,
  course: Course,
  rootFolder: string | null,
): Promise<void> {
  const { db } = job.ports;
  const report = progressOver(job, 'volumes', await countVolumes(db, job.host));
  let measured = 0;
  for (;;) {
    job.signal.throwIfAborted();
    const batch = await nextVolumes(db, job.host, course.state.volumesAfter, batchSize);
    const last = batch.at(-1);
    if (last === undefined) return;
    await measureBatch(engine, job, course, rootFolder, batch, ({ results, seen }) => {
      report(measured + results.size, seen);
    });
    measured += batch.length;
    course.state.volumesAfter = last.name;
    await course.save();
  }
}

async function measureBatch(
  engine: Engine,
  job: RunningJob,
  course: Course,
  rootFolder: string | null,
  batch: readonly MeasurableVolume[],
  report: Report,
): Promise<void> {
  const ways = batch.map((volume) => ({ volume, way: wayTo(volume, rootFolder) }));
  const names = (by: string) => ways.filter(({ way }) => way.by === by).map(({ volume }) => volume.name);
  for (const { volume, way } of ways) if (way.by === 'none') await leaveOut(job, course, volume.name, way.reason);

  const inFolder = names('folder');
  if (rootFolder !== null && inFolder.length > 0)
    await sizeAndSave(engine, job, course, folderStep(rootFolder, inFolder), inFolder, report);
  for (const name of names('mount')) await sizeAndSave(engine, job, course, mountStep(name), [name], report);
}

/** What one helper does: which folder is which volume, and how the helper has them. */
interface SizeStep {
  readonly step: string;
  readonly mounts: readonly HelperMount[];
  readonly mountedAt: string;
  readonly folders: readonly string[];
}

function folderStep(rootFolder: string, names: readonly string[]): SizeStep {
  return {
    step: `volumes-${shortHash(names[0] ?? '')}`,
    mounts: [{ type: 'bind', source: `${rootFolder}/volumes`, target: volumesAt, readOnly: true, ofEngine: true }],
    mountedAt: volumesAt,
    folders: names.map((name) => `${volumesAt}/${name}/_data=${name}`),
  };
}

function mountStep(name: string): SizeStep {
  return {
    step: `volume-${shortHash(name)}`,
    mounts: [{ type: 'volume', source: name, target: mountedAt, readOnly: true }],
    mountedAt,
    folders: [`${mountedAt}=${name}`],
  };
}

/** Part of the helper's name, which takes fewer characters than the name of a volume. */
function shortHash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}

/** What the helper has found is written down even when it was ended in the middle. */
async function sizeAndSave(
  engine: Engine,
  job: RunningJob,
  course: Course,
  step: SizeStep,
  names: readonly string[],
  report: Report,
): Promise<void> {
  const reader = sizeReader(job.ports.config.measureVolumeSeconds);
  const reason = await runSizing(engine, job, step, reader, report).catch(course.reasonOf);
  if (reason !== null) await job.log('warn', `Of ${names.length} volumes not all were sized: ${reason}`);
  await save(engine, job, course, names, reader, reason ?? 'the helper did not come to it');
}

/** Gives why not all were sized, or null. */
async function runSizing(
  engine: Engine,
  job: RunningJob,
  step: SizeStep,
  reader: SizeReader,
  report: Report,
): Promise<string | null> {
  const helper: HelperStep = {
    step: step.step,
    spec: {
      command: [
        'sh',
        '-c',
        sizeScript,
        'size',
        String(job.ports.config.measureVolumeSeconds),
        step.mountedAt,
        ...step.folders,
      ],
      environment: {},
      mounts: step.mounts,
      capabilities: readCapabilities,
      network: null,
      secrets: false,
      lowPriority: true,
      hostFiles: step.mountedAt === volumesAt,
    },
    secrets: null,
    onLine: ({ stream, text, at }) => {
      if (stream === 'stdout') reader.read(text, at);
      report(reader);
    },
  };
  await prepareHelper(engine, job, helper);
  if ((await dropPhantom(engine, job, helper)) !== null) return 'it was deleted meanwhile';
  const { exitCode, complaints } = await runHelper(engine, job, helper);
  return exitCode === 0 ? null : `the helper ended with ${exitCode}: ${complaints.at(-1) ?? 'it said nothing'}`;
}

async function save(
  engine: Engine,
  job: RunningJob,
  course: Course,
  names: readonly string[],
  { results, fileSystemOf }: SizeReader,
  otherwise: string,
): Promise<void> {
  const measured: MeasuredVolume[] = [];
  for (const name of names) {
    const result = results.get(name);
    if (result?.sized.kind === 'sized') {
      const { kind: _kind, ...sizes } = result.sized;
      measured.push({ name, at: result.at, ...sizes, fileSystem: fileSystemOf(name) });
      continue;
    }
    if (result?.sized.kind === 'gone' || result === undefined)
      await noteMissing(engine, job, course, name, result === undefined ? otherwise : 'its folder cannot be seen');
    else await leaveOut(job, course, name, result.sized.reason);
  }
  course.state.volumesMeasured += await saveVolumeSizes(job.ports.db, job.host, measured);
}

/** One that was deleted meanwhile is no fault. */
async function noteMissing(
  engine: Engine,
  job: RunningJob,
  course: Course,
  name: string,
  reason: string,
): Promise<void> {
  if ((await engine.findVolume(name)) === null) return course.skip(`volume/${name}`, 'it was deleted meanwhile');
  await leaveOut(job, course, name, reason);
}

async function leaveOut(job: RunningJob, course: Course, name: string, reason: string): Promise<void> {
  course.skip(`volume/${name}`, reason);
  await saveVolumeErrors(job.ports.db, job.host, [{ name, reason }]);
}
