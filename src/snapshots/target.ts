import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import type { Snapshot } from './model.ts';
import { findSnapshot } from './store.ts';

/** A snapshot by its id, or the beginning of it. */
export const snapshotTarget: Target<{ snapshot: string }> = {
  find: ({ ports }, { snapshot }) => findSnapshot(ports.db, snapshot),
  absent: ({ snapshot }) => fail('snapshot_not_found', `There is no snapshot "${snapshot}".`),
};

/** Throws `snapshot_not_found`. */
export async function requireSnapshot({ ports }: AdmittedContext, snapshot: string): Promise<Snapshot> {
  const row = await findSnapshot(ports.db, snapshot);
  if (row === null) throw snapshotTarget.absent({ snapshot });
  return row;
}
