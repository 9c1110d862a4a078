import { rule } from '../rule.ts';

export const tmpfsWithoutSize = rule({
  id: 'MNT-009',
  subject: 'mount',
  title: 'A tmpfs has no size',
  severity: 'medium',
  why: 'A tmpfs is memory. Without a size it may take half of that of the host, and whatever runs there is killed when the rest is gone.',
  remedy: 'Give it a size: `--tmpfs /tmp:size=50m`, or `tmpfs-size` with `--mount`.',
  check({ mount }) {
    if (mount.type !== 'tmpfs' || mount.tmpfs === null || mount.tmpfs.sizeBytes !== null) return null;
    return {
      detail: `The tmpfs at ${mount.target} may grow to half of the memory.`,
      evidence: { target: mount.target },
    };
  },
});
