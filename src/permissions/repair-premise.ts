import { createHash } from 'node:crypto';
import type { EngineVolume } from '../engine/engine-objects.ts';
import type { Consumer } from './consumers.ts';

/**
 * A digest of what a plan stands on besides the entries themselves: the volume, and who has it as whom. With another one the plan may
 * be wrong about databases, so it is made anew.
 */
export function premiseOf(
  { name, driver, options, createdAt, mountpoint }: EngineVolume,
  consumers: readonly Consumer[],
): string {
  const users = consumers.map(({ containerId, image, target, folder, user }) => [
    containerId,
    image,
    target,
    folder,
    user,
  ]);
  const sorted = users.map((user) => JSON.stringify(user)).sort();
  const text = JSON.stringify([name, driver, Object.entries(options).sort(), createdAt, mountpoint, sorted]);
  return createHash('sha256').update(text).digest('base64url');
}
