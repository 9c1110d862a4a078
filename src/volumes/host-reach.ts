import { type Actor, scopeOf } from '../access/roles.ts';
import { fail } from '../errors.ts';

/** How a volume is to be made, as far as the host is concerned. */
export interface VolumeMaking {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Options that a tmpfs of any size and mode can have; no other kind of mount is safe to be chosen by anybody. */
const tmpfsOptions = /^((size|mode|uid|gid|nr_inodes)=[\w%]+|noexec|nosuid|nodev|noatime|,)*$/;

/**
 * Whether a volume stays within Docker's own folder. A bind (`o=bind`, `device=/`) is the host's disk under another name,
 * and other drivers and file systems reach devices and servers.
 */
export function staysWithinDocker({ driver, options }: VolumeMaking): boolean {
  if (driver !== 'local') return false;
  if (Object.keys(options).length === 0) return true;
  const { type, device, o = '', ...others } = options;
  return type === 'tmpfs' && device === 'tmpfs' && tmpfsOptions.test(o) && Object.keys(others).length === 0;
}

/** Throws `forbidden` when a volume reaches beyond Docker's folder and `actor` does not administer everything. */
export function requireHostReach(actor: Actor, making: VolumeMaking): void {
  if (staysWithinDocker(making) || scopeOf(actor, 'administer') === 'all') return;
  throw fail(
    'forbidden',
    'Drivers and options other than those of a tmpfs reach into the host; only who has the role admin on everything may use them.',
  );
}
