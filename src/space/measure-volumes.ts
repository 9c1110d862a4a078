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
import { type Sized, type SizeReader, sizeReader } from './size-lines.ts';
import { wayTo } from './ways.ts';

/** One helper sizes so many; the names stand in its command line. */
const batchSize = 500;

/** A volume that could not be measured, and why. */
interface Left {
  readonly name: string;
  readonly reason: string;
}

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
  await leaveOut(
    job,
    course,
    ways.flatMap(({ volume, way }) => (way.by === 'none' ? [{ name: volume.name, reason: way.reason }] : [])),
  );

  const inFolder = names('folder');
  if (rootFolder !== null && inFolder.length > 0)
    await sizeAndSave(engine, job, course, folderStep(rootFolder, inFolder), inFolder, report);
  for (const name of names('mount')) await sizeAndSave(engine, job, course, mountStep(name), [name], report);
}

/** What one helper does, and what it has for that. */
interface SizeStep {
  readonly step: string;
  readonly mounts: readonly HelperMount[];
  /** Arguments of the script. */
  readonly what: readonly string[];
}

function folderStep(rootFolder: string, names: readonly string[]): SizeStep {
  return {
    step: `volumes-${shortHash(names[0] ?? '')}`,
    mounts: [{ type: 'bind', source: `${rootFolder}/volumes`, target: volumesAt, readOnly: true, ofEngine: true }],
    what: ['folder', volumesAt, ...names],
  };
}

function mountStep(name: string): SizeStep {
  return {
    step: `volume-${shortHash(name)}`,
    mounts: [{ type: 'volume', source: name, target: mountedAt, readOnly: true }],
    what: ['mount', mountedAt, name],
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
      command: ['sh', '-c', sizeScript, 'size', String(job.ports.config.measureVolumeSeconds), ...step.what],
      environment: {},
      mounts: step.mounts,
      capabilities: readCapabilities,
      network: null,
      secrets: false,
      lowPriority: true,
      hostFiles: step.what.includes(volumesAt),
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
  const failed: Left[] = [];
  const missing: Left[] = [];
  for (const name of names) {
    const { sized, at } = results.get(name) ?? { sized: null, at: new Date() };
    if (sized === null) missing.push({ name, reason: otherwise });
    else if (sized.kind === 'gone') missing.push({ name, reason: 'its folder cannot be seen' });
    else if (sized.kind === 'failed') failed.push({ name, reason: sized.reason });
    else measured.push({ ...sizesOf(sized), name, at, fileSystem: fileSystemOf(name) });
  }
  course.state.volumesMeasured += await saveVolumeSizes(job.ports.db, job.host, measured);
  await leaveOut(job, course, [...failed, ...(await stillThere(engine, course, missing))]);
}

function sizesOf({ bytes, allocatedBytes, files, inodes }: Extract<Sized, { kind: 'sized' }>) {
  return { bytes, allocatedBytes, files, inodes };
}

/** Those that the engine still has: one that was deleted meanwhile is no fault. */
async function stillThere(engine: Engine, course: Course, missing: readonly Left[]): Promise<Left[]> {
  if (missing.length === 0) return [];
  const there = new Set((await engine.listVolumes()).map(({ name }) => name));
  for (const { name } of missing) if (!there.has(name)) course.skip(`volume/${name}`, 'it was deleted meanwhile');
  return missing.filter(({ name }) => there.has(name));
}

async function leaveOut(job: RunningJob, course: Course, left: readonly Left[]): Promise<void> {
  for (const { name, reason } of left) course.skip(`volume/${name}`, reason);
  if (left.length > 0) await saveVolumeErrors(job.ports.db, job.host, left);
}
