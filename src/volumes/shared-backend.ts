import type { EngineVolume } from '../engine/engine-objects.ts';

/** What tells the data of a volume. */
export type BackedVolume = Pick<EngineVolume, 'name' | 'driver' | 'scope' | 'options'>;

const families: Readonly<Record<string, string>> = {
  nfs: 'nfs',
  nfs4: 'nfs',
  cifs: 'cifs',
  smb3: 'cifs',
  smbfs: 'cifs',
};

/**
 * What other hosts may share of a volume: its name, where its driver is one for a cluster; the export, where the local
 * driver mounts one from the network. Null for a volume whose data no other host can have. The name of the server is
 * left out, since two hosts may call it differently: better one volume too many stays.
 */
export function backendOf({ name, driver, scope, options }: BackedVolume): string | null {
  if (driver !== 'local') return scope === 'global' ? `driver ${driver}, volume ${name}` : null;
  const family = families[options['type']?.toLowerCase() ?? ''];
  if (family === undefined) return null;
  const device = options['device'] ?? '';
  const path =
    family === 'nfs'
      ? device.slice(device.indexOf(':') + 1)
      : device.replace(/^[\\/]+[^\\/]+/, '').replaceAll('\\', '/');
  return `${family} ${path.replace(/\/+$/, '') || '/'}`;
}

/** Whether removing it leaves its data where they are: the local driver only unmounts what it has mounted from elsewhere. */
export function isMountedFromElsewhere({ driver, options }: BackedVolume): boolean {
  return driver === 'local' && options['device'] !== undefined && options['type'] !== 'tmpfs';
}
