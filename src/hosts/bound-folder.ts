/** The folder of the host that a volume of the driver `local` with these options binds; null when it binds none. */
export function boundFolderOf(driver: string, options: Readonly<Record<string, string>>): string | null {
  const { device = '', o = '' } = options;
  const binds = o.split(',').some((option) => option.trim() === 'bind' || option.trim() === 'rbind');
  return driver === 'local' && binds && device.startsWith('/') ? device : null;
}
