import type { EngineTmpfs } from './engine-objects.ts';

const units: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/**
 * What Docker makes of the options of a tmpfs (`size=64m,exec`): it begins with noexec, nosuid and nodev, and a later
 * option wins over an earlier one. A size in per cent of the memory is not known in bytes.
 */
export function parseTmpfsOptions(options: readonly string[], sizeBytes: number | null = null): EngineTmpfs {
  const initial: EngineTmpfs = { sizeBytes, noexec: true, nosuid: true, nodev: true };
  return options.map((option) => option.trim()).reduce(withOption, initial);
}

function withOption(tmpfs: EngineTmpfs, option: string): EngineTmpfs {
  switch (option) {
    case 'exec':
    case 'noexec':
      return { ...tmpfs, noexec: option === 'noexec' };
    case 'suid':
    case 'nosuid':
      return { ...tmpfs, nosuid: option === 'nosuid' };
    case 'dev':
    case 'nodev':
      return { ...tmpfs, nodev: option === 'nodev' };
    default:
      return option.startsWith('size=') ? { ...tmpfs, sizeBytes: parseSize(option.slice('size='.length)) } : tmpfs;
  }
}

function parseSize(text: string): number | null {
  const [, digits, unit] = /^(\d+)([bkmg]?)$/i.exec(text) ?? [];
  const factor = units[(unit ?? '').toLowerCase()];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}
