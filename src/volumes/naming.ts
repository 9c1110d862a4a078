import { fail } from '../errors.ts';

const dockerName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/;
const anonymousName = /^[0-9a-f]{64}$/;

/** Throws `volume_name_invalid` unless Docker takes this name for a volume, and it does not look like an anonymous one. */
export function requireVolumeName(name: string): void {
  if (anonymousName.test(name))
    throw fail(
      'volume_name_invalid',
      'A name of 64 hex digits is how Docker calls anonymous volumes; choose one that says what the volume is for.',
    );
  if (!dockerName.test(name))
    throw fail(
      'volume_name_invalid',
      `"${name}" is no name for a volume: it takes at least two of the letters, digits, "_", "." and "-", and begins with a letter or digit.`,
    );
}
