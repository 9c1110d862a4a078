import type { ContainerState } from '../containers/model.ts';
import { Prisma, type Reader } from '../database/client.ts';
import { instant } from '../database/instant.ts';
import { type FindingJson, findingsOfMount } from '../findings/read.ts';
import type { EngineIds } from '../hosts/read.ts';
import type { MountRelabeling, MountTmpfs, MountType } from './model.ts';

/** A mount with what its container, its volume and its host tell; words of Docker and what the inventory makes of them. */
export interface MountRow {
  readonly hostName: string;
  readonly containerId: string;
  readonly target: string;
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
  /** Null for a host whose engine never answered. */
  readonly engine: EngineIds | null;
  readonly findings: readonly FindingJson[];
}

/**
 * The mounts that all conditions (over `m` of mounts and `c` of their containers) are met by, by host, container and
 * target; the first so many. One JSON text that PostgreSQL writes: rows that are decoded value by value, and statements
 * for what belongs to them, take the most of the time of a page.
 */
export async function readMounts(db: Reader, conditions: readonly Prisma.Sql[], limit?: number): Promise<MountRow[]> {
  const [answer] = await db.$queryRaw<{ mounts: string }[]>`/* kept */
    with m as materialized (
      select m.*, c.name as container_name, c.state, c."user", c.userns_mode from mounts m join containers c on c.host = m.host and c.id = m.container_id
      where ${Prisma.join([...conditions], ' and ')}
      order by m.host, m.container_id, m.target ${limit === undefined ? Prisma.empty : Prisma.sql`limit ${limit}`}
    )
    select coalesce(json_agg(known order by known."hostName", known."containerId", known.target), '[]')::text as mounts from (
      select m.host as "hostName", m.container_id as "containerId", m.target, m.type, m.source, m.volume_name as "volumeName",
        m.driver, m.mode, m.read_only as "readOnly", m.propagation, m.selinux, m.no_copy as "noCopy", m.subpath, m.project,
        case when m.tmpfs is not null then m.tmpfs || jsonb_build_object('usedBytes', m.tmpfs_used_bytes,
          'measuredAt', ${instant('m.tmpfs_measured_at')}) end as tmpfs,
        json_build_object('name', m.container_name, 'state', m.state, 'user', m."user", 'usernsMode', m.userns_mode) as container,
        case when v.id is not null then json_build_object('driver', v.driver, 'options', v.options) end as volume,
        case when h.details is not null then json_build_object(
          'rootFolder', h.details->'rootFolder', 'remapsUsers', h.details->'remapsUsers') end as engine,
        ${findingsOfMount} as findings
      from m
      join hosts h on h.name = m.host
      left join volumes v on v.id = m.volume_id
    ) known`;
  // Written by the columns above, from what the inventory wrote.
  return JSON.parse(answer?.mounts ?? '[]');
}
