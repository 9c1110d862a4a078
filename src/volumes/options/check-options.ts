import { fail, type InputIssue } from '../../errors.ts';
import type { VolumeMaking } from '../host-reach.ts';
import { type MountKind, mountKind, mountTypes } from './mount-kinds.ts';
import { isSecret, type MountWord, mountWords } from './mount-words.ts';

type Options = VolumeMaking['options'];

/** What the driver `local` takes. */
const names = ['type', 'device', 'o', 'size'];
const quota = /^\d+(\.\d+)?\s*([kmgtp]i?)?b?$/i;

/**
 * Throws `volume_options_invalid` with every option that cannot be right, and `folder_not_allowed` for a bind outside of the
 * allowed roots (any folder when there are none). The options of other drivers than `local` are for those to judge.
 */
export function requireUsableOptions({ driver, options }: VolumeMaking, allowedRoots: readonly string[]): void {
  if (driver !== 'local') return;
  const errors = issuesOf(options);
  const [first] = errors;
  if (first !== undefined)
    throw fail('volume_options_invalid', {
      detail: `The options of the volume cannot be right: ${first.message}.`,
      errors,
    });
  requireAllowedRoot(options, allowedRoots);
}

function issuesOf(options: Options): InputIssue[] {
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    return unknown.map((name) => issue(name, `the driver "local" has no option "${name}"; it has ${names.join(', ')}`));
  const { type, device, o, size } = options;
  if (type === undefined && device === undefined && o === undefined)
    return size === undefined || quota.test(size) ? [] : [issue('size', `"${size}" is no size, such as 10G`)];
  if (size !== undefined)
    return [
      issue('size', 'a quota is for the folder of Docker alone; the size of a tmpfs belongs into `o`, as "size=64m"'),
    ];
  if (type === undefined || device === undefined) return [incomplete(options)];
  return mountIssues(type, device, o ?? '');
}

/** Docker applies `o` only to what it mounts by itself. */
function incomplete({ type }: Options): InputIssue {
  const missing = type === undefined ? 'type' : 'device';
  return issue(
    missing,
    `\`${missing}\` is missing: \`type\`, \`device\` and \`o\` say together what to mount; the folder that Docker itself gives a volume is no mount and takes no mount options`,
  );
}

function mountIssues(type: string, device: string, o: string): InputIssue[] {
  const words = mountWords(o);
  const kind = mountKind(type, words);
  if (kind === undefined) return [issue('type', `the type "${type}" is not known; known are ${mountTypes.join(', ')}`)];
  if (kind.kind === 'bind')
    return [...bindIssues(type, words), ...deviceIssues(kind, device), ...wordIssues(kind, type, words)];
  return [...deviceIssues(kind, device), ...wordIssues(kind, type, words), ...missingWords(kind, type, words)];
}

function bindIssues(type: string, words: readonly MountWord[]): InputIssue[] {
  if (!['none', 'bind'].includes(type)) return [issue('type', `a bind has the type "none", not "${type}"`)];
  const isBind = words.some(({ name }) => name === 'bind' || name === 'rbind');
  return isBind ? [] : [issue('o', `the type "${type}" is for a bind, which \`o\` must say: "bind" or "rbind"`)];
}

function deviceIssues(kind: MountKind, device: string): InputIssue[] {
  return kind.place(device) === null ? [issue('device', `\`device\` of this type ${kind.deviceSays}`)] : [];
}

function wordIssues({ words: known }: MountKind, type: string, words: readonly MountWord[]): InputIssue[] {
  if (known === null) return [];
  return words.flatMap((word, index) => {
    const complaint = known.complain(word);
    if (complaint === null) return [];
    // Whatever stands behind a password may be the rest of it.
    if (words.slice(0, index).some(({ name, value }) => value !== null && isSecret(name, value)))
      return [
        issue(
          'o',
          'a word behind the secret is not known; a secret with a comma in it cannot be given, for Docker cuts it there',
        ),
      ];
    const listed = complaint === 'is not known' ? `; known are ${known.names.join(', ')}` : '';
    return [issue('o', `the option "${word.name}" of the type "${type}" ${complaint}${listed}`)];
  });
}

function missingWords({ required }: MountKind, type: string, words: readonly MountWord[]): InputIssue[] {
  if (required === undefined || words.some(({ name }) => name === required)) return [];
  return [issue('o', `the type "${type}" needs "${required}=…" in \`o\`, the name or address of the server`)];
}

function requireAllowedRoot({ type = '', device = '', o = '' }: Options, roots: readonly string[]): void {
  if (roots.length === 0 || mountKind(type, mountWords(o))?.kind !== 'bind') return;
  if (roots.some((root) => device === root || device.startsWith(`${root}/`))) return;
  throw fail('folder_not_allowed', {
    detail: `The folder "${device}" is outside of the folders that volumes may bind: ${roots.join(', ')}.`,
    errors: [{ path: '/options/device', rule: 'allowedRoots', message: 'outside of the allowed roots' }],
  });
}

function issue(name: string, message: string): InputIssue {
  return { path: `/options/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, rule: 'option', message };
}
