import type { HostFacts, StorageFacts } from '../facts.ts';
import { rule } from '../rule.ts';

export const networkFileSystem = rule({
  id: 'HST-001',
  subject: 'host',
  title: "Docker's root is on a network file system",
  severity: 'critical',
  why: 'Docker keeps images, containers and volumes below its root, and needs there what network file systems do not give: overlays, locks, and writes that are on disk when they say so. Data is damaged when the network breaks.',
  remedy:
    'Move the root to a local disk: stop Docker, copy the folder (`rsync -aHAX`), set `"data-root"` in `/etc/docker/daemon.json`, start it. Data on the network is mounted as a volume of its own (`type=nfs`).',
  check({ rootFolder, storage }) {
    if (storage?.isNetwork !== true) return null;
    return {
      detail: `${rootFolder ?? 'The root of Docker'} is on ${storage.fileSystem}, a network file system.`,
      evidence: { ...rootEvidence(rootFolder), fileSystem: storage.fileSystem },
    };
  },
});

const deprecatedDrivers = new Set(['aufs', 'devicemapper', 'overlay', 'vfs']);

export const deprecatedDriver = rule({
  id: 'HST-002',
  subject: 'host',
  title: 'The storage driver is outdated',
  severity: 'high',
  why: 'aufs, devicemapper and overlay were taken out of Docker: with the next version the images and containers of this host are not there any more. vfs copies every layer in full, which takes space and time.',
  remedy:
    'Change to overlay2: save the images (`docker save`), back up the volumes, set `"storage-driver": "overlay2"` in `/etc/docker/daemon.json`, restart Docker, and load the images again.',
  check({ storageDriver }) {
    if (storageDriver === null || !deprecatedDrivers.has(storageDriver)) return null;
    return { detail: `Docker uses the storage driver ${storageDriver}.`, evidence: { storageDriver } };
  },
});

export const oddFileSystem = rule({
  id: 'HST-003',
  subject: 'host',
  title: "The file system below Docker's root is unusual",
  severity: 'low',
  why: 'Docker is made for and tested on ext4 and xfs (with d_type), and on btrfs and zfs with their own storage drivers. On others overlays may be slow or behave differently, and quotas are missing.',
  remedy:
    'Put the root of Docker on a disk with ext4 or xfs (`mkfs.xfs -n ftype=1 DEVICE`) and set `"data-root"` in `/etc/docker/daemon.json`; on btrfs and zfs set the storage driver of the same name.',
  check(host) {
    const fileSystem = fileSystemOf(host);
    if (fileSystem === null || host.storage?.isNetwork === true) return null;
    const isUsual = fileSystem === 'ext4' || fileSystem === 'xfs' || fileSystem === host.storageDriver;
    if (isUsual) return null;
    return {
      detail: `${host.rootFolder ?? 'The root of Docker'} is on ${fileSystem}${host.storageDriver === null ? '' : `, with the storage driver ${host.storageDriver}`}.`,
      evidence: {
        ...rootEvidence(host.rootFolder),
        fileSystem,
        ...(host.storageDriver === null ? {} : { storageDriver: host.storageDriver }),
      },
    };
  },
});

export const rotationalDisk = rule({
  id: 'HST-004',
  subject: 'host',
  title: "Docker's root is on a rotating disk",
  severity: 'info',
  why: 'Containers read and write many small pieces all over the disk, which a disk that turns does a hundred times slower than flash memory. Databases and starting containers show it first.',
  remedy:
    'Put the root of Docker, or at least the volumes of databases, on flash memory. `lsblk -d -o NAME,ROTA` tells which disks turn.',
  check({ rootFolder, storage }) {
    if (storage?.isRotational !== true) return null;
    return {
      detail: `${rootFolder ?? 'The root of Docker'} is on a disk that turns.`,
      evidence: { ...rootEvidence(rootFolder), fileSystem: storage.fileSystem },
    };
  },
});

const fewPercent = 10;
const veryFewPercent = 5;

export const littleSpace = rule({
  id: 'HST-005',
  subject: 'host',
  title: 'Little space is left for Docker',
  severity: 'medium',
  why: 'When the file system of Docker is full, or has no inodes left, every container that writes fails at once, databases stop, and even cleaning up may not work any more.',
  remedy:
    'Clean up with a plan: `POST /v1/hosts/HOST/prune-plans` shows what would go; or `docker system prune`. Else enlarge the file system (`lvextend`, `resize2fs`, `xfs_growfs`).',
  check({ rootFolder, storage }) {
    if (storage === null) return null;
    const space = percent(storage.freeBytes, storage.totalBytes);
    const inodes = percent(storage.freeInodes, storage.totalInodes);
    const least = Math.min(space ?? 100, inodes ?? 100);
    if (least >= fewPercent) return null;
    const what = least === space ? 'of the space' : 'of the inodes';
    return {
      detail: `${least.toFixed(1)} % ${what} below ${rootFolder ?? 'the root of Docker'} are free.`,
      evidence: { ...rootEvidence(rootFolder), ...spaceEvidence(storage) },
      severity: least < veryFewPercent ? 'high' : 'medium',
    };
  },
});

/** As it was measured, else as the engine says it; the engine calls every ext the same. */
function fileSystemOf({ storage, backingFileSystem }: HostFacts): string | null {
  if (storage !== null) return storage.fileSystem;
  if (backingFileSystem === null || backingFileSystem.startsWith('<')) return null;
  return backingFileSystem === 'extfs' ? 'ext4' : backingFileSystem;
}

/** A file system that makes inodes as it needs them has none to count. */
function percent(free: number, total: number): number | null {
  return total > 0 ? (free / total) * 100 : null;
}

function rootEvidence(rootFolder: string | null): Record<string, string> {
  return rootFolder === null ? {} : { rootFolder };
}

function spaceEvidence({ freeBytes, totalBytes, freeInodes, totalInodes }: StorageFacts): Record<string, string> {
  return {
    freeBytes: String(freeBytes),
    totalBytes: String(totalBytes),
    freeInodes: String(freeInodes),
    totalInodes: String(totalInodes),
  };
}
