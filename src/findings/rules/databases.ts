import { posix } from 'node:path';
import { boundPathOf, isWithin, mountEvidence } from '../bound-path.ts';
import { databaseOf } from '../database-images.ts';
import type { MountFacts } from '../facts.ts';
import { rule } from '../rule.ts';

export const databaseInWritableLayer = rule({
  id: 'MNT-013',
  subject: 'container',
  title: 'A database keeps its data in the container',
  severity: 'high',
  why: 'No mount covers the folder of the data, so it lies in the writable layer: it is gone with the container, at the next update or `docker compose down`. Writing there goes through the storage driver, which is slow for a database.',
  remedy:
    'Copy the data out while the database is stopped (`docker cp CONTAINER:FOLDER backup`), make a volume (`docker volume create NAME`), and start a new container with `-v NAME:FOLDER`.',
  check({ image, mounts }) {
    const database = databaseOf(image);
    if (database === null) return null;
    const { name, folders } = database;
    if (mounts.some((mount) => covers(mount.target, folders) || looksLikeData(mount))) return null;
    const [folder = ''] = folders;
    return {
      detail: `The image ${image} is ${name}, and no mount covers its data (${folder}).`,
      evidence: { image, folder },
    };
  },
});

export const databaseOnBind = rule({
  id: 'MNT-014',
  subject: 'mount',
  title: 'A database keeps its data on a bind',
  severity: 'medium',
  why: 'The data of the database lies in a folder of the host: anybody there can change or delete it below a running database, its owner and mode must fit the user of the image by hand, and through the file sharing of a desktop a database is slow and may be damaged.',
  remedy:
    'Use a volume: `docker volume create NAME` and `-v NAME:FOLDER`. Copy the data while the database is stopped.',
  check({ mount, container: { image } }) {
    if (mount.type !== 'bind') return null;
    const database = databaseOf(image);
    if (database === null || !covers(mount.target, database.folders)) return null;
    return {
      detail: `The image ${image} is ${database.name}, and keeps its data in ${boundPathOf(mount)} of the host.`,
      evidence: { ...mountEvidence(mount), image },
    };
  },
});

/** A mount at the folder, above it, or somewhere in it. */
function covers(target: string, folders: readonly string[]): boolean {
  return folders.some((folder) => isWithin(folder, target) || isWithin(target, folder));
}

/** The folder of the data can be moved by a setting; such names tell where to. */
function looksLikeData({ target, readOnly }: MountFacts): boolean {
  if (readOnly || ['/etc', '/run', '/var/run', '/tmp', '/usr'].some((folder) => isWithin(target, folder))) return false;
  return /(data|^db|^postgres|^postgresql|^mysql|^mariadb|^mongo|^mongodb|^redis)$/i.test(posix.basename(target));
}
