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

const flags = ['noexec', 'nosuid', 'nodev'] as const;

export const tmpfsWithoutFlags = rule({
  id: 'MNT-010',
  subject: 'mount',
  title: 'A tmpfs allows programs or devices',
  severity: 'low',
  why: 'A tmpfs is where whoever breaks into a container with a read-only root puts their programs. Docker mounts it with noexec, nosuid and nodev; here that was switched off.',
  remedy: 'Leave `exec`, `suid` and `dev` out of its options: `--tmpfs /tmp:size=50m,noexec,nosuid,nodev`.',
  check({ mount: { type, tmpfs, target } }) {
    if (type !== 'tmpfs' || tmpfs === null) return null;
    const missing = flags.filter((flag) => !tmpfs[flag]);
    if (missing.length === 0) return null;
    return {
      detail: `The tmpfs at ${target} is mounted without ${missing.join(', ')}.`,
      evidence: { target, missing: missing.join(', ') },
    };
  },
});

export const tmpfsAboveMemoryLimit = rule({
  id: 'MNT-011',
  subject: 'container',
  title: 'The tmpfs of a container are larger than its memory',
  severity: 'medium',
  why: 'What lies in a tmpfs counts as memory of the container. Before the tmpfs is full the limit of the container is reached, and the kernel kills its processes in place of a clear "no space left".',
  remedy:
    'Make the tmpfs smaller (`--tmpfs /tmp:size=50m`), or raise the limit: `docker update --memory 1g CONTAINER`.',
  check({ mounts, memoryLimitBytes }) {
    if (memoryLimitBytes === null) return null;
    const sizes = mounts.flatMap(({ tmpfs }) => tmpfs?.sizeBytes ?? []);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total <= memoryLimitBytes) return null;
    return {
      detail: `${sizes.length} tmpfs may take ${total} bytes together; the memory of the container is limited to ${memoryLimitBytes} bytes.`,
      evidence: { tmpfsBytes: String(total), memoryLimitBytes: String(memoryLimitBytes) },
    };
  },
});
