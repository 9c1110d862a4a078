import { rule } from '../rule.ts';

export const missingDriver = rule({
  id: 'VOL-004',
  subject: 'volume',
  title: 'The driver of a volume is missing',
  severity: 'high',
  why: 'The engine does not have the driver of this volume any more. A container that uses it cannot be started, and the data cannot be reached through Docker.',
  remedy:
    'Install the driver again and switch it on: `docker plugin install NAME`, `docker plugin enable NAME`. Then start the containers that use the volume.',
  check({ name, driver }, { host: { volumeDrivers } }) {
    if (volumeDrivers === null || volumeDrivers.length === 0) return null;
    if (volumeDrivers.some((one) => tagged(one) === tagged(driver))) return null;
    return {
      detail: `Volume ${name} needs the driver ${driver}; the engine has ${volumeDrivers.join(', ')}.`,
      evidence: { driver, volumeDrivers: volumeDrivers.join(', ') },
    };
  },
});

/** The kernel takes these on a bind only in a second step, which Docker makes for `ro` alone. */
const mountFlags = new Set(['noexec', 'nosuid', 'nodev', 'noatime', 'nodiratime', 'strictatime', 'nosymfollow']);
/** What a bind does, or what says only what is so anyway. */
const effective = new Set(
  'bind rbind ro rw defaults exec suid dev async atime diratime relatime norelatime nomand auto noauto nofail _netdev remount private rprivate shared rshared slave rslave unbindable runbindable'.split(
    ' ',
  ),
);

export const ignoredOptions = rule({
  id: 'VOL-005',
  subject: 'volume',
  title: 'Options of a volume have no effect',
  severity: 'low',
  why: 'A volume of the driver `local` with `o=bind` is a bind: the kernel takes no options of a file system with it, such as size, uid or mode, and flags such as noexec only when the bind is `ro` as well. No error is given; what was asked for is just not so. With `remount` nothing is bound at all.',
  remedy:
    'Mount the folder on the host with these options (in `/etc/fstab`, `mount -o remount,bind,noexec PATH` after a bind), and bind that. A limit on size needs a file system of its own, or `type=tmpfs` with `o=size=64m`. Docker does not change options afterwards: remove the volume and make it again.',
  check({ name, driver, options }) {
    const ignored = driver === 'local' ? ignoredOf(options) : [];
    if (ignored.length === 0) return null;
    return {
      detail: `Volume ${name} binds ${options.device}; ${ignored.join(', ')} ${ignored.length === 1 ? 'has' : 'have'} no effect.`,
      evidence: { ignored: ignored.join(', '), device: options.device ?? '' },
    };
  },
});

function ignoredOf({ o = '', type = 'none', device = '' }: Readonly<Record<string, string>>): string[] {
  const given = o
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
  if (!given.includes('bind') && !given.includes('rbind')) return [];
  const ignored = given.filter((option) => !effective.has(option) && !(given.includes('ro') && mountFlags.has(option)));
  return [
    ...(given.includes('remount') ? [`device=${device}`] : []),
    ...(type === 'none' || type === 'bind' ? [] : [`type=${type}`]),
    ...ignored.map(withoutSecret),
  ];
}

/** A password has no place in a finding, even where it has no effect. */
function withoutSecret(option: string): string {
  return option.replace(/^([^=]*(?:pass|secret|cred|key)[^=]*)=.*$/i, '$1=…');
}

/** A plugin without a tag is that of the tag `latest`. */
function tagged(driver: string): string {
  return driver.includes('/') && !driver.includes(':') ? `${driver}:latest` : driver;
}
