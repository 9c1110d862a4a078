/** A mount, as far as it tells which path of the host is behind it. */
interface MountedFrom {
  readonly type: string;
  readonly source: string;
  readonly subpath: string | null;
  readonly volume: { readonly driver: string; readonly options: Readonly<Record<string, string>> } | null;
}

/**
 * The path of the host that a container has: that of a bind, the folder that its volume binds, or the one that Docker keeps
 * its volume in. Null where something is mounted there only while a container runs, and for a part of a volume.
 */
export function hostPathOf({ type, source, subpath, volume }: MountedFrom): string | null {
  if (type === 'bind') return source;
  if (volume === null || subpath !== null) return null;
  return boundFolderOf(volume.driver, volume.options) ?? (isFolder(volume) && source.startsWith('/') ? source : null);
}

/** Whether Docker mounts nothing into the folder of a volume. */
function isFolder({ driver, options }: NonNullable<MountedFrom['volume']>): boolean {
  return driver === 'local' && options['device'] === undefined && options['type'] === undefined;
}

/** The folder of the host that a volume of the driver `local` with these options binds; null when it binds none. */
export function boundFolderOf(driver: string, options: Readonly<Record<string, string>>): string | null {
  const { device = '', o = '' } = options;
  const binds = o.split(',').some((option) => option.trim() === 'bind' || option.trim() === 'rbind');
  return driver === 'local' && binds && device.startsWith('/') ? device : null;
}
