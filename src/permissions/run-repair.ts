import type { Engine } from '../engine/engine.ts';
import type { HelperSpec } from '../engine/helper.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { type HelperStep, prepareHelper, runHelper } from '../jobs/helper-run.ts';
import { reportEntries } from '../jobs/read.ts';
import { exits } from './repair-helper.ts';
import { type RepairReader, repairReader } from './repair-lines.ts';
import { requireVolume } from './survey-volume.ts';

/**
 * Runs a helper of repair.pl or undo.pl to its end. Throws `permission_plan_outdated`, `volume_full` when the record could not be
 * written, `helper_failed`, `helper_interrupted` when it was killed, and `volume_not_found`.
 */
export async function runRepair(
  engine: Engine,
  job: RunningJob,
  step: string,
  spec: Omit<HelperSpec, 'name' | 'labels'>,
): Promise<RepairReader> {
  const reader = repairReader();
  const helper: HelperStep = {
    step,
    spec,
    secrets: null,
    onLine({ stream, text }) {
      if (stream === 'stdout') reader.read(text);
      reportEntries(job, step, reader.seen);
    },
  };
  await prepareHelper(engine, job, helper);
  await requireVolume(engine, job, helper);
  const { exitCode, complaints } = await runHelper(engine, job, helper);
  if (exitCode === exits.outdated)
    throw fail(
      'permission_plan_outdated',
      'Owner or mode of the root of the volume are not what they were when the plan was made; make a new one.',
    );
  if (exitCode === exits.recordFull)
    throw fail(
      'volume_full',
      `There is no space for the record that undoes the repair: what it does not hold was not changed, ${reader.counts.changed} entries were. Make space and retry the job, or undo the repair.`,
    );
  if (exitCode === 137)
    throw fail('helper_interrupted', 'The helper was killed; the next attempt goes on where it was.');
  if (exitCode !== 0 || !reader.hasEnded)
    throw fail('helper_failed', `The helper ended with ${exitCode}: ${complaints.at(-1) ?? 'it said nothing'}`);
  return reader;
}
