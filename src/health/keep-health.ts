import type { Ports } from '../context.ts';
import { pause } from '../pause.ts';
import { lookAtVolumes } from './look.ts';
import { forgetOtherReadings, volumesInCommon } from './store.ts';

const roundsKept = 2;

/** Looks every `healthSeconds` at the volumes of a host that are shared or that several containers have, while the host is watched. */
export async function keepHealth(
  ports: Pick<Ports, 'config' | 'db' | 'engines' | 'log' | 'notices'>,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  const { healthSeconds } = ports.config;
  if (healthSeconds === 0) return;
  while (!signal.aborted) {
    await pause(healthSeconds * 1000, signal);
    if (signal.aborted) return;
    try {
      const volumes = await volumesInCommon(ports.db, host);
      if (volumes.length > 0) await lookAtVolumes(ports, host, volumes);
      // Nobody looks at what one container has alone: what was seen there is soon no more so.
      const before = new Date(Date.now() - roundsKept * healthSeconds * 1000);
      const forgotten = await forgetOtherReadings(ports.db, host, volumes, before);
      if (forgotten > 0) await ports.notices.publish({ topic: 'inventory', id: host });
    } catch (error) {
      ports.log.warn({ err: error, host }, 'the health of volumes could not be looked at; it is tried again');
    }
  }
}
