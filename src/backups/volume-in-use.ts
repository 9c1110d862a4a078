import type { Ports } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import { containersMounting, findVolume, usersElsewhere } from '../volumes/read.ts';

/**
 * Throws `volume_in_use` for a volume whose data would be taken from a container: one of its host that has it mounted, in
 * any state; or, where a driver for a cluster would remove the data for all, one of another host. A host that cannot be asked
 * may have one.
 */
export async function requireUnused(
  ports: Pick<Ports, 'db' | 'engines'> & { readonly vault: Pick<Ports['vault'], 'installation'> },
  engine: Engine,
  name: string,
): Promise<void> {
  const subject = `Volume "${name}" on host "${engine.host}"`;
  const users = await containersMounting(engine, new Set([name]));
  if (users.length > 0)
    throw fail(
      'volume_in_use',
      `${subject} is used by ${users.map((user) => user.name).join(', ')}; remove these containers first.`,
    );
  const volume = await engine.findVolume(name);
  // What the local driver mounts from elsewhere stays there when the volume goes.
  if (volume === null || volume.driver === 'local') return;
  const known = await findVolume(ports.db, engine.host, name);
  const view = { installation: ports.vault.installation, project: known?.project ?? null };
  const reasons = (await usersElsewhere(ports, engine.host, [volume], view)).get(name) ?? [];
  if (reasons.length > 0)
    throw fail(
      'volume_in_use',
      `${subject} is shared with other hosts, and its data would go for all. ${reasons.join(' ')}`,
    );
}
