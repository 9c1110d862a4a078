import { parseTmpfsOptions } from '../engine/tmpfs-options.ts';
import { dockerField, flag, integer, isGiven, items, misfit, type Part, quoted, text } from './document-part.ts';
import { targetPath } from './mount-paths.ts';
import { type MountWish, plainMount } from './proposal.ts';

/** Options without a value that Docker passes to the kernel for a tmpfs. */
const flags = new Set(
  (
    'defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime ' +
    'nodiratime bind rbind relatime norelatime strictatime nostrictatime private rprivate shared rshared slave rslave ' +
    'unbindable runbindable'
  ).split(' '),
);
const settings = new Set(['', 'size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

/** An entry of `Tmpfs`: a target and its options, such as `size=64m,exec`. Throws where Docker would not start the container. */
export function readTmpfs(part: Part, target: string): MountWish {
  const options = text(part).split(',');
  const odd = options.find((option) => !isOption(option));
  if (odd !== undefined)
    throw misfit(part, `${quoted(odd)} is no option of a tmpfs; such as size=64m, mode=1777, exec.`);
  return tmpfsMount(part, target, options, null, options.includes('ro'));
}

/** An entry of `Mounts` with the type `tmpfs`. Throws where Docker refuses it. */
export function readTmpfsMount(part: Part, target: string): MountWish {
  if (text(dockerField(part, 'Source')) !== '') throw misfit(dockerField(part, 'Source'), 'A tmpfs has no source.');
  const given = dockerField(part, 'TmpfsOptions');
  integer(dockerField(given, 'Mode'));
  const sizeBytes = integer(dockerField(given, 'SizeBytes'));
  const options = items(dockerField(given, 'Options')).map(readOption);
  return tmpfsMount(part, target, options, sizeBytes || null, flag(dockerField(part, 'ReadOnly')));
}

function tmpfsMount(
  part: Part,
  target: string,
  options: readonly string[],
  sizeBytes: number | null,
  readOnly: boolean,
): MountWish {
  const tmpfs = parseTmpfsOptions(options, sizeBytes);
  return { mount: { ...plainMount('tmpfs', targetPath(part, target)), tmpfs, readOnly }, volume: null };
}

function isOption(option: string): boolean {
  const [name = '', ...value] = option.split('=');
  return value.length === 0 && name !== '' ? flags.has(name) : settings.has(name);
}

/** A list of one word, as Docker has it. */
function readOption(part: Part): string {
  const [word, ...more] = items(part);
  const option = word === undefined || !isGiven(word) ? '' : text(word);
  if ((option !== 'exec' && option !== 'noexec') || more.length > 0)
    throw misfit(part, 'An option of a tmpfs mount is ["exec"] or ["noexec"].');
  return option;
}
