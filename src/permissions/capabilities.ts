/** Capabilities that decide about files, without `CAP_`. */
export const fileCapabilities = ['DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER'] as const;
export type FileCapability = (typeof fileCapabilities)[number];

/** What Docker gives to a container of these; DAC_READ_SEARCH is not among them. */
const ofDocker: readonly FileCapability[] = ['DAC_OVERRIDE', 'FOWNER'];

/** How a container was asked for. Names may have `CAP_` in front and any case, as Docker takes them. */
export interface CapabilityWish {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
}

/**
 * The capabilities over files that the first process of a container has in effect, as Docker works them out. A user other
 * than root has none.
 */
export function effectiveCapabilities(wish: CapabilityWish, uid: number): FileCapability[] {
  if (uid !== 0) return [];
  const added = new Set(wish.add.map(plain));
  const dropped = new Set(wish.drop.map(plain));
  if (wish.privileged) return [...fileCapabilities];
  if (added.has('ALL')) return fileCapabilities.filter((name) => !dropped.has(name));
  const base = dropped.has('ALL') ? [] : ofDocker.filter((name) => !dropped.has(name));
  return fileCapabilities.filter((name) => base.includes(name) || added.has(name));
}

function plain(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}
