import { type HostUser, idsOf } from '../../hosts/read.ts';
import { boundPathOf, mountEvidence, pathText } from '../bound-path.ts';
import { hostUser, isRoot, sharesUsers } from '../container-user.ts';
import type { PathFacts } from '../facts.ts';
import { rule } from '../rule.ts';

export const rootWithWritableBind = rule({
  id: 'MNT-007',
  subject: 'mount',
  title: 'Root of a container writes to the host',
  severity: 'medium',
  why: "Root of the container is root of the host where it can write: it makes files of root there, also such that give their reader root's rights, and changes whatever lies there.",
  remedy:
    'Run as another user, `--user 1000:1000`, and give that user the folder: `chown -R 1000:1000 PATH`. Or bind it read-only (`:ro`), or use a volume. `userns-remap` in `/etc/docker/daemon.json` makes root of every container somebody else on the host.',
  check({ mount, container }, { host }) {
    if (boundPathOf(mount) === null || mount.readOnly || !isRoot(container)) return null;
    if (sharesUsers(container, host) !== true) return null;
    return {
      detail: `The container runs as root, and may write to ${pathText(mount)} at ${mount.target}.`,
      evidence: { ...mountEvidence(mount), user: container.user === '' ? 'root' : container.user },
    };
  },
});

export const userWithoutAccess = rule({
  id: 'MNT-018',
  subject: 'mount',
  title: 'The user of the container has no access to what it mounts',
  severity: 'medium',
  why: 'Owner, group and mode of the path, or of the folder of the volume, do not let the user of the container do what the mount promises. The program fails with "permission denied", often only when it writes for the first time.',
  remedy:
    'Give the path to the user as the host sees it (`chown -R UID:GID PATH`; for a volume its mountpoint), or run the container as its owner (`--user UID:GID`). If the container only reads, mount it read-only: `:ro`.',
  check({ mount, container }, { host }) {
    const { path } = mount;
    const user = hostUser(container, host);
    if (path === null || user === null || user.uid === 0) return null;
    const lacking = mount.readOnly
      ? lacks(path, user, 'read')
      : (lacks(path, user, 'read') ?? lacks(path, user, 'write'));
    if (lacking === null) return null;
    const called = container.user === '' ? 'root' : container.user;
    const onHost = sharesUsers(container, host) === true ? '' : `, on the host ${idsOf(user)},`;
    const what = mount.type === 'volume' ? `volume ${mount.volume}` : pathText(mount);
    return {
      detail: `User ${called}${onHost} cannot ${lacking} ${what}: it belongs to ${path.uid}:${path.gid} with mode ${path.mode}.`,
      evidence: {
        ...mountEvidence(mount),
        user: called,
        hostUser: idsOf(user),
        owner: `${path.uid}:${path.gid}`,
        mode: path.mode ?? '',
      },
    };
  },
});

/** What the user cannot do; null when it can, and when it is not known. */
function lacks(path: PathFacts, { uid, gid }: HostUser, wish: 'read' | 'write'): 'read' | 'write' | null {
  if (path.uid === null || path.gid === null || path.mode === null) return null;
  const mode = Number.parseInt(path.mode, 8);
  const needed = bitsFor(path, wish);
  const allows = (shift: number) => ((mode >> shift) & needed) === needed;
  if (path.uid === uid) return allows(6) ? null : wish;
  if (gid !== null) return allows(path.gid === gid ? 3 : 0) ? null : wish;
  return allows(3) || allows(0) ? null : wish;
}

/** A folder is entered as well; what is neither folder nor file is not judged by reading. */
function bitsFor({ kind }: PathFacts, wish: 'read' | 'write'): number {
  const enter = kind === 'directory' ? 1 : 0;
  return (wish === 'read' ? 4 : 2) | enter;
}
