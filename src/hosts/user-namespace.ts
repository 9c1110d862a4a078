/** What is added to the ids of a container to have those of the host. */
export interface IdOffsets {
  readonly uid: number;
  readonly gid: number;
}

/** What an engine says of the ids of its containers. */
export interface EngineIds {
  readonly rootFolder: string;
  readonly remapsUsers: boolean;
}

/**
 * An engine that gives containers users of their own says by the name of its folder which: `/var/lib/docker/231072.231072`.
 * Null when it does not.
 */
export function idOffsetsOf(engine: EngineIds): IdOffsets | null {
  if (!engine.remapsUsers) return { uid: 0, gid: 0 };
  const [, uid, gid] = /\/(\d+)\.(\d+)$/.exec(engine.rootFolder) ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

/** A user as the host sees it; a `gid` of null: the image knows the group of this user, we do not. */
export interface HostUser {
  readonly uid: number;
  readonly gid: number | null;
}

/** The user of a container (`''` for root) as its host sees it; null for one with a name, which only the image can tell the number of. */
export function hostUserOf(
  { user, usernsMode }: { readonly user: string; readonly usernsMode: string },
  offsets: IdOffsets | null,
): HostUser | null {
  const plus = usernsMode === 'host' ? { uid: 0, gid: 0 } : offsets;
  if (plus === null) return null;
  if (user === '' || user === 'root') return { uid: plus.uid, gid: plus.gid };
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  if (uid === undefined) return null;
  return { uid: plus.uid + Number(uid), gid: gid === undefined ? null : plus.gid + Number(gid) };
}

/** `uid:gid`, or `uid` where the group is not known. */
export function idsOf({ uid, gid }: HostUser): string {
  return gid === null ? String(uid) : `${uid}:${gid}`;
}
