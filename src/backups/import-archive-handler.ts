import Value from 'typebox/value';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { JobHandler, RunningJob } from '../jobs/handler.ts';
import { dropPhantom, type HelperStep, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import type { JobResult } from '../jobs/model.ts';
import { volumeGone } from '../repositories/read.ts';
import { fillNewVolume } from './fill-new-volume.ts';
import { ArchiveImportInput } from './job-input.ts';
import { allowedFor, volumeLock } from './job-rules.ts';
import { unpackHelper, unpackWords } from './unpack-archive.ts';

/** Makes a volume out of an archive that lies in another one. */
export const importArchiveHandler: JobHandler = {
  locks({ host, input }) {
    const { source, into } = Value.Parse(ArchiveImportInput, input);
    return [volumeLock(host, into), volumeLock(host, source)];
  },
  authorize: allowedFor('operate'),
  run: importArchive,
};

async function importArchive(job: RunningJob): Promise<JobResult> {
  const startedAt = Date.now();
  const input = Value.Parse(ArchiveImportInput, job.input);
  const engine = job.ports.engines.get(job.host);
  if ((await engine.findVolume(input.source)) === null) throw volumeGone(job.host, input.source);
  const spec = { name: input.into, driver: 'local', options: {}, labels: input.labels };
  const unpacked = await fillNewVolume(engine, job, spec, () => unpack(engine, job, input));
  return { volume: input.into, ...unpacked, seconds: (Date.now() - startedAt) / 1000 };
}

/** Throws `archive_not_found`, and `archive_invalid` for one that tar does not read to its end, or with nothing in it. */
async function unpack(engine: Engine, job: RunningJob, { source, path, into }: ArchiveImportInput): Promise<JobResult> {
  const lines: string[] = [];
  const step: HelperStep = {
    step: 'unpack',
    spec: unpackHelper(source, path, into),
    secrets: null,
    onLine: ({ stream, text }) => void (stream === 'stdout' && lines.push(text)),
  };
  await prepareHelper(engine, job, step);
  const gone = await dropPhantom(engine, job, step);
  if (gone !== null) throw volumeGone(job.host, gone);
  const { exitCode, complaints } = await runHelper(engine, job, step);
  if (lines.includes(unpackWords.missing))
    throw fail('archive_not_found', `There is no file "${path}" in volume "${source}".`);
  const [word, entries = 0, bytes = 0] = (lines.at(-1) ?? '').split(' ').map((part) => Number(part) || 0);
  if (exitCode !== 0 || word === undefined)
    throw fail(
      'archive_invalid',
      `tar could not read "${path}" to its end: ${complaints.at(-1) ?? 'it said nothing.'}`,
    );
  if (entries === 0)
    throw fail('archive_invalid', `There is nothing in "${path}"; an empty volume was not made of it.`);
  return { files: entries, bytesRestored: bytes };
}
