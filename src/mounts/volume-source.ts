import { misfit, type Part, quoted } from './document-part.ts';
import { defaultDriver } from './proposal.ts';

const longestName = 255;

/** Throws when a volume cannot have this name: with Docker's own driver it is the name of a folder. */
export function requireVolumeSource(part: Part, name: string, driver: string): void {
  const isOwn = driver === defaultDriver;
  if (isOwn && (/^[.~]/.test(name) || /[\\/]/.test(name)))
    throw misfit(
      part,
      `The source ${quoted(name)} is neither an absolute path nor the name of a volume; write the whole path.`,
    );
  const isGood = isOwn ? /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) : !/\p{Cc}/u.test(name);
  if (!isGood || Buffer.byteLength(name) > longestName || !name.isWellFormed())
    throw misfit(
      part,
      `${quoted(name)} is no name of a volume: at least two and at most ${longestName} of the letters, digits, "_", "." and "-", beginning with a letter or digit.`,
    );
}
