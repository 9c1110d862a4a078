import { boundNamesOf, boundPathOf, mountEvidence, pathText } from '../bound-path.ts';
import { nameList } from '../name-list.ts';
import { rule } from '../rule.ts';
import { systemDirectoryOf } from '../system-directories.ts';

export const systemDirectory = rule({
  id: 'MNT-002',
  subject: 'mount',
  title: 'A system directory is mounted',
  severity: 'critical',
  why: 'In the directories of the system lie its programs, its passwords, its devices and the data of all other containers. Who can write there takes over the host; who can read there learns its secrets.',
  remedy:
    'Mount the one folder or file that is needed, read-only: `-v /etc/localtime:/etc/localtime:ro` in place of `-v /etc:/etc`. Data goes into a volume: `docker volume create NAME`, then `-v NAME:/data`.',
  check({ mount }, { host }) {
    const directory = boundNamesOf(mount)
      .map((name) => systemDirectoryOf(name, host))
      .find((one) => one !== null);
    if (directory == null) return null;
    const rootText = directory === host.rootFolder ? 'the data of Docker itself' : `the system directory ${directory}`;
    return {
      detail: `${pathText(mount)} gives the container ${rootText}, ${mount.readOnly ? 'read-only' : 'writable'}, at ${mount.target}.`,
      evidence: { ...mountEvidence(mount), directory },
      severity: mount.readOnly ? 'high' : 'critical',
    };
  },
});

export const wholeHost = rule({
  id: 'MNT-003',
  subject: 'mount',
  title: 'The whole host is mounted',
  severity: 'critical',
  why: 'A container that has `/` of the host has everything of it: its passwords, the socket of Docker, the data of every other container. No other measure protects the host from it.',
  remedy:
    'Mount the one folder that is needed: `-v /srv/shop:/data` in place of `-v /:/host`. For measuring the host, an exporter with `--mount type=bind,src=/sys,dst=/sys,readonly` is less.',
  check({ mount }) {
    if (!boundNamesOf(mount).includes('/')) return null;
    return {
      detail: `The root directory of the host is mounted ${mount.readOnly ? 'read-only' : 'writable'} at ${mount.target}.`,
      evidence: mountEvidence(mount),
    };
  },
});

export const relabeling = rule({
  id: 'MNT-017',
  subject: 'mount',
  title: 'An SELinux label is put on what others need',
  severity: 'high',
  why: '`Z` gives everything below the path a label that only this container may use: other containers that mount it lose their access. On a directory of the system `z` and `Z` take the labels away that the host itself needs; it may not start again.',
  remedy:
    'Use `:z` where several containers share a path, and no label on directories of the system. `restorecon -Rv PATH` on the host gives back the labels that belong there.',
  check({ mount }, { host }) {
    if (mount.selinux === null) return null;
    const directory = boundNamesOf(mount)
      .map((name) => (name === '/' ? name : systemDirectoryOf(name, host)))
      .find((one) => one !== null);
    const evidence = { ...mountEvidence(mount), label: mount.selinux === 'private' ? 'Z' : 'z' };
    if (directory != null)
      return {
        detail: `${boundPathOf(mount)} is a directory of the system, and gets the label of containers (${evidence.label}).`,
        evidence: { ...evidence, directory },
      };
    const others = mount.selinux === 'private' ? (mount.sharedWith ?? []) : [];
    if (others.length === 0) return null;
    return {
      detail: `${boundPathOf(mount) ?? mount.source} is labeled for this container alone (Z), but ${nameList(others)} mount it too.`,
      evidence: { ...evidence, containers: nameList(others) },
    };
  },
});
