import type { Ports } from '../context.ts';
import { runRequestHelper } from '../engine/request-helper.ts';
import { fail } from '../errors.ts';
import { type HealthPlace, healthHelper, readHealth } from './probe.ts';
import { type HealthMount, runningMounts, saveReadings } from './store.ts';

/** What a helper may be given in arguments: targets may be long, and the kernel takes 2 MiB. */
const batch = 200;
const helperSeconds = 120;

/** Looks at these volumes of a host: who holds locks in them, the room that is left, and the pressure on storage. The host is judged again by that. Throws `helper_failed`, and what the engine throws. */
export async function lookAtVolumes(
  { db, engines, notices }: Pick<Ports, 'db' | 'engines' | 'notices'>,
  host: string,
  volumeIds: readonly string[],
): Promise<void> {
  const engine = engines.get(host);
  const checkedAt = new Date();
  const places = await placesOf(engine, await runningMounts(db, volumeIds));
  const lines: string[] = [];
  for (let start = 0; start === 0 || start < places.length; start += batch) {
    const part = places.slice(start, start + batch);
    const request = { step: 'health', spec: healthHelper(part), secrets: null, seconds: helperSeconds };
    const said: string[] = [];
    const exitCode = await runRequestHelper(engine, request, ({ text }) => void said.push(text));
    if (exitCode !== 0)
      throw fail('helper_failed', `The helper that looks at volumes of ${host} failed: ${said.join(' ').slice(-500)}`);
    lines.push(...said.map((line) => line.replace(/^space (\d+)/, (_, number) => `space ${Number(number) + start}`)));
  }
  const seen = readHealth(lines, places);
  const [ofHost] = readHealth(lines, [{ volumeId: '', container: { id: '', name: '' }, target: '', pid: 0 }]).values();
  const nothing = { space: null, ioPressure: ofHost?.ioPressure ?? null, locks: [] };
  await saveReadings(
    db,
    volumeIds.map((id) => [id, seen.get(id) ?? nothing] as const),
    checkedAt,
  );
  await notices.publish({ topic: 'inventory', id: host });
}

/** With the process of each container; one that does not run any more is left out. */
async function placesOf(
  engine: ReturnType<Ports['engines']['get']>,
  mounts: readonly HealthMount[],
): Promise<HealthPlace[]> {
  const places: HealthPlace[] = [];
  for (const [id, ofContainer] of Map.groupBy(mounts, ({ container }) => container.id)) {
    const pid = (await engine.containerPlace(id))?.pid ?? null;
    if (pid !== null) places.push(...ofContainer.map((mount) => ({ ...mount, pid })));
  }
  return places;
}
