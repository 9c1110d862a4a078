import type { RootFileSystem } from './model.ts';
import { parseRoom } from './room.ts';

const networkTypes =
  /^(nfs\d?|cifs|smb\d?|smbfs|ceph|afs|9p|lustre|beegfs|glusterfs|fuse\.(sshfs|glusterfs|ceph|s3fs|rclone|davfs2?|smbnetfs|mfs|lizardfs))$/;
/** Of these the kernel says what the machine around it makes up, or nothing. */
const madeUpDisk = /\/(virtio\d+|vbd-\d+)\//;
const disksOfFiles = /\/virtual\/block\/(loop|ram|zram|nbd)/;

/** Reads what {@link import('./scripts.ts').storageScript} writes; null when something is missing. */
export function readStorage(lines: readonly string[]): RootFileSystem | null {
  const words = lines.map((line) => line.split(' '));
  const of = (word: string) => words.filter(([first]) => first === word).map(([, ...rest]) => rest);
  const [mount] = of('mount');
  const [room] = of('room');
  const [fileSystem = '', source = ''] = mount ?? [];
  if (fileSystem === '' || room === undefined) return null;
  const [disk] = of('disk');
  return {
    fileSystem,
    isNetwork: networkTypes.test(fileSystem),
    device: source === '' || source === 'none' ? null : unescapeMount(source),
    isRotational: disk === undefined ? null : rotationalOf(disk),
    ...parseRoom(room),
  };
}

/** A virtual disk that is said to turn mostly does not; one that is said not to is believed. */
function rotationalOf([rotational, ...folder]: readonly string[]): boolean | null {
  const path = folder.join(' ');
  if (disksOfFiles.test(path)) return null;
  if (rotational === '1') return madeUpDisk.test(path) ? null : true;
  return rotational === '0' ? false : null;
}

/** Spaces and the like stand in /proc/self/mountinfo as octal numbers. */
function unescapeMount(text: string): string {
  return text.replace(/\\(\d{3})/g, (_escaped, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
