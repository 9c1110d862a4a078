import type { ContainerState } from '../containers/model.ts';
import type { Reader } from '../database/client.ts';
import { instant } from '../database/instant.ts';
import { seenMounts, type VolumeSight } from '../shares/shared-with.ts';
import type { MountRelabeling, MountTmpfs, MountType } from './model.ts';

/** What a mount is known by. */
export interface MountKey {
  readonly hostName: string;
  readonly containerId: string;
  readonly target: string;
}

/** A mount with what its container and its volume tell; words of Docker and what the inventory makes of them. */
export interface MountRow extends MountKey {
  readonly type: MountType;
  readonly source: string;
  readonly volumeName: string | null;
  readonly driver: string | null;
  readonly mode: string;
  readonly readOnly: boolean;
  readonly propagation: string;
  readonly selinux: MountRelabeling | null;
  readonly noCopy: boolean;
  readonly subpath: string | null;
  readonly project: string | null;
  readonly tmpfs: MountTmpfs | null;
  readonly container: {
    readonly name: string;
    readonly state: ContainerState;
    readonly user: string;
    readonly usernsMode: string;
  };
  readonly volume: { readonly driver: string; readonly options: Readonly<Record<string, string>> } | null;
}

/**
 * Mounts by their keys, as far as they can be seen now; by host, container and target. One JSON text that PostgreSQL
 * writes: rows that are decoded value by value take the most of the time of a page.
 */
export async function readMounts(db: Reader, sight: VolumeSight, keys: readonly MountKey[]): Promise<MountRow[]> {
  const [answer] = await db.$queryRaw<{ mounts: string }[]>`
    select coalesce(json_agg(known order by known."hostName", known."containerId", known.target), '[]')::text as mounts from (
      select m.host as "hostName", m.container_id as "containerId", m.target, m.type, m.source, m.volume_name as "volumeName",
        m.driver, m.mode, m.read_only as "readOnly", m.propagation, m.selinux, m.no_copy as "noCopy", m.subpath, m.project,
        m.tmpfs || jsonb_build_object('usedBytes', m.tmpfs_used_bytes,
          'measuredAt', ${instant('m.tmpfs_measured_at')}) as tmpfs,
        json_build_object('name', c.name, 'state', c.state, 'user', c."user", 'usernsMode', c.userns_mode) as container,
        case when v.id is not null then json_build_object('driver', v.driver, 'options', v.options) end as volume
      from unnest(${keys.map(({ hostName }) => hostName)}::text[], ${keys.map(({ containerId }) => containerId)}::text[],
        ${keys.map(({ target }) => target)}::text[]) as wanted(host, container_id, target)
      join mounts m on m.host = wanted.host and m.container_id = wanted.container_id and m.target = wanted.target
      join containers c on c.host = m.host and c.id = m.container_id
      left join volumes v on v.id = m.volume_id
      where ${seenMounts(sight)}
    ) known`;
  // Written by the columns above, from what the inventory wrote.
  return JSON.parse(answer?.mounts ?? '[]');
}
