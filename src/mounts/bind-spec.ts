import type { MountFacts } from '../findings/facts.ts';
import { misfit, type Part, quoted } from './document-part.ts';
import { isWindowsPath, sourcePath, targetPath } from './mount-paths.ts';
import { defaultDriver, type MountWish, plainMount } from './proposal.ts';
import { requireVolumeSource } from './volume-source.ts';

/** Words of the third part of a bind, by what they are about: at most one of each kind may be given. */
const modeWords: Readonly<Record<string, readonly string[]>> = {
  access: ['ro', 'rw'],
  label: ['z', 'Z'],
  propagation: ['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared'],
  copying: ['nocopy'],
  consistency: ['consistent', 'cached', 'delegated'],
};

/** The propagations that a bind can have. */
export const propagations = modeWords['propagation'] ?? [];

/** What is asked for with the words of a mode; null where no word says it. */
interface Mode {
  readonly access: string | null;
  readonly label: string | null;
  readonly propagation: string | null;
  readonly copying: string | null;
}

/**
 * An entry of `Binds`, `source:target[:mode]`, as Docker reads it: a path on the host, the name of a volume, or (a target
 * alone) an anonymous volume. `driver` is that of volumes that do not exist yet. Throws where Docker refuses it.
 */
export function readBind(part: Part, bind: string, driver: string): MountWish {
  const [source, target, modeText, ...rest] = sections(part, bind);
  if (source === undefined || source === '' || rest.length > 0)
    throw misfit(part, `${quoted(bind)} must be "source:target", "source:target:mode", or a target alone.`);
  if (target === undefined) return anonymousVolume(part, source, driver);
  if (modeText === undefined && readMode(target) !== null)
    throw misfit(part, `${quoted(bind)} has a mode but no source: an anonymous volume takes none.`);
  const mode = readMode(modeText ?? '');
  if (mode === null)
    throw misfit(
      part,
      `${quoted(modeText ?? '')} is no mode; it may have one each of ${Object.values(modeWords)
        .map((words) => words.join('/'))
        .join(', ')}.`,
    );
  return source.startsWith('/')
    ? hostBind(part, source, target, mode)
    : namedVolume(part, source, target, mode, driver);
}

function sections(part: Part, bind: string): string[] {
  // One letter and a path may as well be a volume and its target.
  const isVolume = /^[^:\\]:[^:]*$/.test(bind);
  if (isWindowsPath(bind) && !isVolume)
    throw misfit(part, `${quoted(bind)} names a path of Windows; hosts here run Linux.`);
  return bind.split(':');
}

function anonymousVolume(part: Part, target: string, driver: string): MountWish {
  const plain = plainMount('volume', targetPath(part, target));
  return { mount: { ...plain, volume: '', driver, selinux: relabeled(driver) }, volume: null };
}

function hostBind(part: Part, source: string, target: string, mode: Mode): MountWish {
  if (mode.copying !== null) throw misfit(part, '"nocopy" is for volumes: nothing is copied into a path of the host.');
  const mount: MountFacts = {
    ...plainMount('bind', targetPath(part, target)),
    source: sourcePath(part, source),
    readOnly: mode.access === 'ro',
    propagation: mode.propagation ?? '',
    selinux: labelOf(mode),
  };
  return { mount, volume: null };
}

function namedVolume(part: Part, name: string, target: string, mode: Mode, driver: string): MountWish {
  requireVolumeSource(part, name, driver);
  if (mode.propagation !== null)
    throw misfit(part, `"${mode.propagation}" is for paths of the host: the mount of a volume has no propagation.`);
  const hasMode = Object.values(mode).some((word) => word !== null);
  const mount: MountFacts = {
    ...plainMount('volume', targetPath(part, target)),
    volume: name,
    driver,
    readOnly: mode.access === 'ro',
    selinux: hasMode ? labelOf(mode) : relabeled(driver),
    noCopy: mode.copying !== null,
  };
  return { mount, volume: { driver, options: {}, labels: {} } };
}

/** Docker shares the label of a volume of its own driver with all containers unless a mode is given. */
export function relabeled(driver: string): MountFacts['selinux'] {
  return driver === defaultDriver ? 'shared' : null;
}

function labelOf({ label }: Mode): MountFacts['selinux'] {
  if (label === null) return null;
  return label === 'Z' ? 'private' : 'shared';
}

/** Null when a word is unknown, or when two of one kind are given. An empty text is a mode as well. */
export function readMode(text: string): (Mode & { consistency: string | null }) | null {
  const words = text === '' ? [] : text.split(',');
  const kinds = words.map((word) => Object.keys(modeWords).find((kind) => modeWords[kind]?.includes(word)));
  if (kinds.includes(undefined) || new Set(kinds).size < kinds.length) return null;
  const of = (kind: string) => words[kinds.indexOf(kind)] ?? null;
  return {
    access: of('access'),
    label: of('label'),
    propagation: of('propagation'),
    copying: of('copying'),
    consistency: of('consistency'),
  };
}
