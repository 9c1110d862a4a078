import { mountEvidence } from '../bound-path.ts';
import { rule } from '../rule.ts';

export const sharedPropagation = rule({
  id: 'MNT-008',
  subject: 'mount',
  title: 'Mounts of the container appear on the host',
  severity: 'high',
  why: 'With `shared` or `rshared` what the container mounts below the path is mounted on the host, and in every other container that shares it. A mistake or an attacker covers folders of the host that way, and what is left behind keeps disks busy.',
  remedy:
    'Leave the propagation out (`rprivate`), or use `rslave`, with which the container sees new mounts of the host but not the reverse: `-v PATH:TARGET:rslave`. Only drivers of volumes and of the network need `rshared`.',
  check({ mount }) {
    if (mount.propagation !== 'shared' && mount.propagation !== 'rshared') return null;
    return {
      detail: `${mount.source} is mounted at ${mount.target} with the propagation ${mount.propagation}.`,
      evidence: { ...mountEvidence(mount), propagation: mount.propagation },
    };
  },
});
