import type { VolumeBackendKind } from '../model.ts';
import {
  bindWords,
  btrfsWords,
  cephWords,
  cifsWords,
  extWords,
  glusterfsWords,
  type KnownWords,
  nfsWords,
  tmpfsWords,
  xfsWords,
} from './known-words.ts';
import type { MountWord } from './mount-words.ts';

/** Where the data of a volume is. */
export interface Place {
  readonly server: string | null;
  /** On the server; of a bind the folder on the host. */
  readonly path: string | null;
}

/** A file system that the driver `local` is told to mount. */
export interface MountKind {
  readonly kind: VolumeBackendKind;
  /** Null: its words are the kernel's matter. */
  readonly words: KnownWords | null;
  /** What `device` must look like, in words and with an example. */
  readonly deviceSays: string;
  /** Null when the device does not look as it must. */
  place(device: string): Place | null;
  /** A word without which it cannot be mounted. */
  readonly required?: string;
}

const nowhere: Place = { server: null, path: null };

const nfs: MountKind = {
  kind: 'nfs',
  words: nfsWords,
  deviceSays: 'is the exported folder, as ":/path" or "server:/path"',
  place: parts(/^([^:/\s]+|\[[^\]\s]+\])?:(\/.*)$/),
  required: 'addr',
};

const cifs: MountKind = {
  kind: 'cifs',
  words: cifsWords,
  deviceSays: 'is the share, as "//server/share"; user and password belong into `o`',
  place: parts(/^\/\/([^/\s@]+)(\/[^/]+(?:\/.*)?)$/),
};

const tmpfs: MountKind = {
  kind: 'tmpfs',
  words: tmpfsWords,
  deviceSays: 'is "tmpfs"',
  place: (device) => (device === 'tmpfs' ? nowhere : null),
};

const bind: MountKind = {
  kind: 'bind',
  words: bindWords,
  deviceSays: 'is the absolute path of a folder, without ".." and "//"',
  place: (device) => (/^(\/|(\/(?!\.{1,2}(\/|$))[^/]+)+\/?)$/.test(device) ? { server: null, path: device } : null),
};

const ceph: MountKind = {
  kind: 'ceph',
  words: cephWords,
  deviceSays: 'is the monitors and the folder, as "mon1,mon2:/path", or "name@fsid.fs=/path"',
  place: (device) => parts(/^([^/\s=]*):(\/.*)$/)(device) ?? parts(/^([^/\s=]+@[^/\s=]*\.[^/\s=]+)=(\/.*)$/)(device),
};

const glusterfs: MountKind = {
  kind: 'glusterfs',
  words: glusterfsWords,
  deviceSays: 'is the server and the volume, as "server:/volume"',
  place: parts(/^([^:/\s]+|\[[^\]\s]+\]):(\/?[^/\s].*)$/),
};

function block(words: KnownWords | null): MountKind {
  return {
    kind: 'block',
    words,
    deviceSays: 'is a block device, as "/dev/sdb1"; labels and UUIDs are not looked up',
    place: (device) => (/^\/dev\/(?!\.{1,2}(\/|$))[^\s]+$/.test(device) && !device.includes('/../') ? nowhere : null),
  };
}

const other: MountKind = {
  kind: 'other',
  words: null,
  deviceSays: 'is what the file system wants',
  place: () => nowhere,
};

/** By the option `type`. */
const kinds: ReadonlyMap<string, MountKind> = new Map([
  ['nfs', nfs],
  ['nfs4', nfs],
  ['cifs', cifs],
  ['smb3', cifs],
  ['tmpfs', tmpfs],
  ['none', bind],
  ['bind', bind],
  ['ceph', ceph],
  ['glusterfs', glusterfs],
  ['fuse.glusterfs', glusterfs],
  ['ext4', block(extWords)],
  ['ext3', block(extWords)],
  ['ext2', block(extWords)],
  ['xfs', block(xfsWords)],
  ['btrfs', block(btrfsWords)],
  ...['f2fs', 'vfat', 'exfat', 'ntfs3', 'iso9660', 'udf', 'squashfs', 'erofs'].map(
    (type) => [type, block(null)] as const,
  ),
  ...['overlay', '9p', 'virtiofs', 'lustre', 'zfs', 'ramfs'].map((type) => [type, other] as const),
]);

/** The types that are known. */
export const mountTypes: readonly string[] = [...kinds.keys()];

/** What is mounted, by its type; a bind is one whatever type is given with it. Undefined for a type that is not known. */
export function mountKind(type: string, words: readonly MountWord[]): MountKind | undefined {
  return words.some(({ name }) => name === 'bind' || name === 'rbind') ? bind : kinds.get(type);
}

/** Takes server and path out of a device. */
function parts(pattern: RegExp): (device: string) => Place | null {
  return (device) => {
    const found = pattern.exec(device);
    return found === null ? null : { server: found[1] || null, path: found[2] || null };
  };
}
