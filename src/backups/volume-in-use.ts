import { type Failure, fail } from '../errors.ts';

/** The failure for a volume that containers use, with their names. */
export function volumeInUse(host: string, volume: string, containers: readonly string[]): Failure {
  return fail(
    'volume_in_use',
    `Volume "${volume}" on host "${host}" is used by ${containers.join(', ')}; remove these containers first.`,
  );
}
