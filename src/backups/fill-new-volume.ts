import type { Engine } from '../engine/engine.ts';
import type { VolumeSpec } from '../engine/engine-objects.ts';
import { fail, isFailure } from '../errors.ts';
import { ClaimLost, type RunningJob, stopReason } from '../jobs/handler.ts';
import { removeHelpersOf } from '../jobs/helper-run.ts';
import { refreshVolume, restoredByLabel } from '../volumes/read.ts';

/** Makes a volume and fills it. When that fails the volume is removed again: half a volume helps nobody. Throws `volume_exists`. */
export async function fillNewVolume<Filled>(
  engine: Engine,
  job: RunningJob,
  spec: VolumeSpec,
  fill: () => Promise<Filled>,
): Promise<Filled> {
  await makeVolume(engine, job, spec);
  try {
    const filled = await fill();
    await refreshVolume(job.ports, job.host, spec.name);
    return filled;
  } catch (error) {
    if (error instanceof ClaimLost || stopReason(job.signal) === 'lost' || isFailure(error, 'database_unavailable'))
      throw error;
    await unmake(engine, job, spec.name);
    throw error;
  }
}

async function makeVolume(engine: Engine, job: RunningJob, spec: VolumeSpec): Promise<void> {
  const existing = await engine.findVolume(spec.name);
  if (existing?.labels[restoredByLabel] === job.id) return;
  if (existing !== null)
    throw fail('volume_exists', `Volume "${spec.name}" exists already on host "${job.host}"; choose another name.`);
  await engine.createVolume({ ...spec, labels: { ...spec.labels, [restoredByLabel]: job.id } });
  await refreshVolume(job.ports, job.host, spec.name);
}

async function unmake(engine: Engine, job: RunningJob, name: string): Promise<void> {
  await removeHelpersOf(job.ports, job.host, job.id);
  await engine.removeVolume(name);
  await refreshVolume(job.ports, job.host, name);
}
