import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { isFailure } from '../errors.ts';
import { forgetRecord, recordedRepairs, repairsPastUndo } from './repair-store.ts';

const roleLabel = 'stowage.role';
const repairLabel = 'stowage.permission-repair';
const installationLabel = 'stowage.installation';
const role = 'permission-record';
/** A record that was made a moment ago may not be noted yet. */
const youngestMs = 3_600_000;

/** The volume on the host that holds the record of a repair. */
export function recordVolume(repair: string): string {
  return `stowage-permissions-${repair}`;
}

/** Makes the volume of a record; an earlier attempt's is kept. It has the label that protects it from clean-ups. */
export async function makeRecord({ vault }: Pick<Ports, 'vault'>, engine: Engine, repair: string): Promise<string> {
  const name = recordVolume(repair);
  if ((await engine.findVolume(name)) !== null) return name;
  const labels = {
    [roleLabel]: role,
    [repairLabel]: repair,
    [installationLabel]: vault.installation,
    'stowage.protect': 'true',
  };
  await engine.createVolume({ name, driver: 'local', options: {}, labels });
  return name;
}

/** Removes the record of a repair; does nothing when it is gone. */
export async function removeRecord(engine: Engine, repair: string): Promise<void> {
  try {
    await engine.removeVolume(recordVolume(repair));
  } catch (error) {
    if (!isFailure(error, 'volume_not_found')) throw error;
  }
}

/** Removes the records of a host that are past their time, or that no repair of this installation has any more. */
export async function sweepRecords({ db, vault, engines }: Ports, host: string): Promise<void> {
  const engine = engines.get(host);
  const now = new Date();
  for (const repair of await repairsPastUndo(db, host, now)) {
    await removeUnlessUsed(engine, repair);
    await forgetRecord(db, repair);
  }
  const kept = (await engine.listVolumes()).filter(
    ({ labels, createdAt }) =>
      labels[roleLabel] === role &&
      labels[installationLabel] === vault.installation &&
      createdAt !== null &&
      now.getTime() - createdAt.getTime() > youngestMs,
  );
  const ids = kept.map(({ labels }) => labels[repairLabel] ?? '');
  const needed = await recordedRepairs(db, ids);
  for (const id of ids) if (!needed.has(id)) await removeUnlessUsed(engine, id);
}

/** A helper may work with it yet; the next sweep finds it again. */
async function removeUnlessUsed(engine: Engine, repair: string): Promise<void> {
  try {
    await removeRecord(engine, repair);
  } catch (error) {
    if (!isFailure(error, 'volume_in_use')) throw error;
  }
}
