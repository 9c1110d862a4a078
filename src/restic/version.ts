import { fail } from '../errors.ts';

/** What older ones lack: exit codes for a lock and a wrong password, restoring in place, and more that is relied on. */
const oldest = { major: 0, minor: 18 };

/** Whether a version of restic is one that Stowage works with. */
export function isSupported(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.|$)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor);
}

/** Throws `restic_unsupported` for a restic that is too old, or of no version that is known. */
export function requireSupported(version: string): void {
  if (!isSupported(version))
    throw fail(
      'restic_unsupported',
      `The helper image has restic ${version}; ${oldest.major}.${oldest.minor} or newer is needed. Make the image anew, or leave STOWAGE_HELPER_IMAGE and STOWAGE_HELPER_ARCHIVE unset.`,
    );
}
