import Value from 'typebox/value';
import type { AdmittedContext } from '../context.ts';
import { consumersOf } from '../shares/read.ts';
import { findVolume, volumeTarget } from '../volumes/read.ts';
import { HealthReading, type VolumeHealth } from './model.ts';
import { problemsOf } from './problems.ts';
import { findReading, mountsOf, newestCheck } from './store.ts';

/** How the use of a volume is going, as far as is known. Throws `volume_not_found`. */
export async function reportHealth(
  { ports: { db }, actor }: AdmittedContext,
  host: string,
  name: string,
): Promise<VolumeHealth> {
  const volume = await findVolume(db, host, name);
  if (volume === null) throw volumeTarget.absent({ host, name });
  const share = await db.share.findFirst({
    where: { hostName: host, volumeName: name, project: volume.project },
    select: { name: true },
  });
  const uses = share === null ? [] : await consumersOf(db, actor, [share.name]);
  const useOf = new Map(uses.map((use) => [`${use.container.id} ${use.target}`, use]));
  const mounts = await mountsOf(db, volume.id);
  const consumers = mounts.map(({ container, target, readOnly }) => {
    const use = useOf.get(`${container.id} ${target}`);
    const access = readOnly ? 'ro' : 'rw';
    return { container, target, access, granted: use?.granted ?? null, isViolation: use?.isViolation ?? false };
  });
  const writing = consumers.filter(({ access, container }) => access === 'rw' && container.state === 'running');
  const row = await findReading(db, volume.id);
  const reading = row === null ? null : Value.Parse(HealthReading, row.reading);
  const health = {
    host,
    volume: name,
    share: share?.name ?? null,
    project: volume.project,
    checkedAt: row?.checkedAt.toISOString() ?? null,
    consumers,
    writers: new Set(writing.map(({ container }) => container.id)).size,
    locks: reading?.locks ?? [],
    space: reading?.space ?? null,
    ioPressure: reading?.ioPressure ?? null,
    permissions: await newestCheck(db, host, name),
  };
  return { ...health, problems: problemsOf(health) };
}
