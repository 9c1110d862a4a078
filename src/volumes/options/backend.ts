import type { VolumeMaking } from '../host-reach.ts';
import type { VolumeBackend, VolumeBackendKind } from '../model.ts';
import { mountKind, type Place } from './mount-kinds.ts';
import { type MountWord, mountWords, secretsIn, shownOptions, shownWord } from './mount-words.ts';

const nowhere: Place = { server: null, path: null };

/** Flags that a bind mount takes only when it is made read-only: the engine sets them in the second step that this needs. */
const onlyWithReadOnly = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime', 'strictatime'];
/** Flags of the file system itself, which a bind mount cannot change. */
const neverOnBind = ['sync', 'async', 'dirsync', 'lazytime', 'nolazytime'];

/** What a volume stands on, read from its options, whoever made it. Secrets are left out. */
export function backendOf({ driver, options }: VolumeMaking): VolumeBackend {
  const shown = shownOptions(options);
  if (driver !== 'local') return backend('driver', pairs(shown), {}, secretRemarks(options));
  const { type, device, o = '' } = options;
  if (type === undefined && device === undefined) return backend('plain', pairs(shown), {}, secretRemarks(options));
  const words = mountWords(o);
  const found = mountKind(type ?? '', words);
  const kind = found?.kind ?? 'other';
  const place = found?.place(device ?? '') ?? nowhere;
  const server = place.server ?? wordValue(words, 'addr') ?? wordValue(words, 'mon_addr');
  return backend(
    kind,
    words.map(shownWord),
    { fileSystem: type ?? null, device: shown['device'] ?? null, path: place.path, server },
    [...remarksOn(kind, words), ...secretRemarks(options)],
  );
}

function backend(
  type: VolumeBackendKind,
  options: string[],
  where: Partial<Pick<VolumeBackend, 'fileSystem' | 'server' | 'path' | 'device'>>,
  remarks: string[],
): VolumeBackend {
  return { type, fileSystem: null, server: null, path: null, device: null, ...where, options, remarks };
}

function remarksOn(kind: VolumeBackendKind, words: readonly MountWord[]): string[] {
  const has = (name: string) => words.some((word) => word.name === name);
  switch (kind) {
    case 'bind':
      return words.flatMap(({ name }) => bindRemark(name, has('ro')));
    case 'cifs':
      return ['credentials', 'cred']
        .filter(has)
        .map((name) => notForTheKernel(name, 'mount.cifs', 'username and password'));
    case 'ceph':
      return ['secretfile', 'conf'].filter(has).map((name) => notForTheKernel(name, 'mount.ceph', 'secret, or key'));
    case 'glusterfs':
      return ['The kernel has no file system "glusterfs": Docker mounts it through a volume driver of GlusterFS only.'];
    default:
      return [];
  }
}

function bindRemark(name: string, isReadOnly: boolean): string[] {
  if (neverOnBind.includes(name))
    return [`"${name}" has no effect on a bind: it belongs to the file system that the folder is on.`];
  if (!onlyWithReadOnly.includes(name) || isReadOnly) return [];
  return [
    `"${name}" has no effect on a bind that is not "ro": the kernel ignores it. Mount the file system of the folder with it.`,
  ];
}

function notForTheKernel(name: string, program: string, instead: string): string {
  return `"${name}" is read by the program ${program}, which Docker does not use: give ${instead}.`;
}

function secretRemarks(options: VolumeMaking['options']): string[] {
  return secretsIn(options).length === 0
    ? []
    : ['A secret stands in the options: whoever may use the engine reads it with "docker volume inspect".'];
}

function pairs(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(([name, value]) => `${name}=${value}`);
}

function wordValue(words: readonly MountWord[], name: string): string | null {
  return words.find((word) => word.name === name)?.value ?? null;
}
