import type { Reader } from '../database/client.ts';
import { fail } from '../errors.ts';
import type { AccessRule, VolumeMount } from './decide.ts';
import { toAccessRule } from './rule-row.ts';
import { type ShareRow, shareNotFound } from './store.ts';

/** A share that holds, with its rules and its volume. */
export type UsableShare = ShareRow & {
  readonly rules: readonly AccessRule[];
  readonly volume: Omit<VolumeMount, 'readOnly'>;
};

/** Throws `share_not_found`, and `share_void` when its volume is gone or belongs to another project by now. */
export async function shareForUse(db: Reader, name: string): Promise<UsableShare> {
  const row = await db.share.findUnique({ where: { name }, include: { rules: { where: { state: 'active' } } } });
  if (row === null) throw shareNotFound(name);
  const { rules, ...share } = row;
  const volume = await db.volume.findUnique({
    where: { hostName_name: { hostName: share.hostName, name: share.volumeName } },
    select: { project: true, environment: true },
  });
  if (volume === null || volume.project !== share.project)
    throw fail(
      'share_void',
      volume === null
        ? `The volume of the share "${name}" is gone; stop sharing it, or make the volume again.`
        : `The volume of the share "${name}" belongs to another project by now; stop sharing it.`,
    );
  return { ...share, rules: rules.map(toAccessRule), volume };
}
