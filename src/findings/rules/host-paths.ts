import { boundNamesOf, boundPathOf, isWithin, mountEvidence, pathText } from '../bound-path.ts';
import { rule } from '../rule.ts';

export const missingPath = rule({
  id: 'MNT-005',
  subject: 'mount',
  title: 'The path on the host is missing',
  severity: 'high',
  why: 'What the container mounts is not there any more. A running container goes on with what was removed, and what it writes is lost when it stops; the next start fails, or gives it a new and empty folder.',
  remedy:
    'Bring the folder back (`mkdir -p PATH`, or restore it), and then start the container again: `docker restart CONTAINER`. `--mount type=bind` refuses a missing path, where `-v` makes an empty one.',
  check({ mount }) {
    const path = boundPathOf(mount);
    if (path === null || mount.path?.exists !== false) return null;
    return {
      detail: `${path} is mounted at ${mount.target}, but there is nothing at this path of the host.`,
      evidence: mountEvidence(mount),
    };
  },
});

export const outsideAllowedRoots = rule({
  id: 'MNT-006',
  subject: 'mount',
  title: 'A bind lies outside the allowed roots',
  severity: 'medium',
  why: 'This installation says which folders of a host containers may bind (`STOWAGE_ALLOWED_ROOTS`). What lies elsewhere is neither watched nor backed up, and a link out of an allowed folder can lead anywhere.',
  remedy:
    'Move the data below an allowed root (`mv OLD ROOT/NAME`, then `-v ROOT/NAME:TARGET`), or put it into a volume. If the folder is right, add it to `STOWAGE_ALLOWED_ROOTS`.',
  check({ mount }, { allowedRoots }) {
    if (allowedRoots.length === 0) return null;
    const outside = boundNamesOf(mount).find((name) => !allowedRoots.some((root) => isWithin(name, root)));
    if (outside === undefined) return null;
    return {
      detail: `${pathText(mount)} lies outside ${allowedRoots.join(', ')}.`,
      evidence: { ...mountEvidence(mount), outside, allowedRoots: allowedRoots.join(', ') },
    };
  },
});

export const crossesFileSystem = rule({
  id: 'MNT-015',
  subject: 'mount',
  title: 'A bind holds another file system',
  severity: 'info',
  why: 'Below the bound folder another file system is mounted. Docker binds it too, so the space of the folder is not one space: its size, its snapshots and its limits are those of several disks, and a disk that is mounted later is not seen by the container.',
  remedy:
    'Bind the file systems one by one (`findmnt -R PATH` shows them), or leave them out with `--mount type=bind,src=PATH,dst=TARGET,bind-recursive=disabled`.',
  check({ mount }) {
    if (boundPathOf(mount) === null || mount.path?.crossesFileSystem !== true) return null;
    return {
      detail: `Below ${pathText(mount)} another file system is mounted.`,
      evidence: mountEvidence(mount),
    };
  },
});

export const manyEntries = rule({
  id: 'MNT-016',
  subject: 'mount',
  title: 'A bind has very many entries',
  severity: 'low',
  why: 'Programs that watch a folder for changes hold a watch for each directory, and the kernel allows only so many (`fs.inotify.max_user_watches`). Walking so many entries is slow too, most of all through the file sharing of a desktop.',
  remedy:
    'Bind a smaller folder, and keep what is made by programs (`node_modules`, caches, builds) in a volume: `-v NAME:/app/node_modules`. The limit is `STOWAGE_BIND_FILES`.',
  check({ mount }, { bindFiles }) {
    const { entries = null, entriesAreMore = false } = mount.path ?? {};
    if (boundPathOf(mount) === null || entries === null) return null;
    if (entries < bindFiles || (entries === bindFiles && !entriesAreMore)) return null;
    const count = `${entriesAreMore ? 'more than ' : ''}${entries}`;
    return {
      detail: `${pathText(mount)} has ${count} entries; ${bindFiles} are the limit.`,
      evidence: { ...mountEvidence(mount), entries: count, limit: String(bindFiles) },
    };
  },
});
