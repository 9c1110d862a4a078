import type { ProjectScope } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';
import type { RepositoryMedium } from '../repositories/model.ts';
import type { VolumeCopies } from './copies-model.ts';
import { judgeCopies } from './judge-copies.ts';

interface Row {
  readonly address: string;
  readonly repositoryId: string;
  readonly repository: string;
  readonly medium: RepositoryMedium;
  readonly offSite: boolean;
  readonly snapshot: string;
  readonly takenAt: Date;
}

/** The judgement on the copies of these volumes (`host/name`), in one statement. Snapshots beyond `scope` do not count. */
export async function copiesOf(db: Reader, scope: ProjectScope, volumes: readonly string[]): Promise<VolumeCopies[]> {
  const rows = await newestGoodSnapshots(db, scope, volumes);
  const byVolume = Map.groupBy(rows, ({ address }) => address);
  return volumes.map((address) => {
    const cut = address.indexOf('/');
    const copies = (byVolume.get(address) ?? []).map(({ address: _address, ...copy }) => copy);
    const { held, media, missing, ...judged } = judgeCopies(copies);
    return {
      host: address.slice(0, cut),
      volume: address.slice(cut + 1),
      ...judged,
      media: [...media],
      missing: [...missing],
      held: held.map((copy) => ({ ...copy, takenAt: copy.takenAt.toISOString() })),
    };
  });
}

function newestGoodSnapshots(db: Reader, scope: ProjectScope, volumes: readonly string[]): Promise<Row[]> {
  const isAll = scope === 'all';
  const projects = isAll ? [] : [...scope];
  return db.$queryRaw<Row[]>`
    select distinct on (wanted.address, r.name) wanted.address, r.id::text as "repositoryId", r.name as repository,
      r.medium, r.off_site as "offSite", s.id as snapshot, s.taken_at as "takenAt"
    from unnest(${[...volumes]}::text[]) as wanted(address)
    join snapshots s on s.host = split_part(wanted.address, '/', 1) and s.volume = split_part(wanted.address, '/', 2)
    join repositories r on r.id = s.repository_id
    where s.state = 'good' and (${isAll} or s.project = any(${projects}::text[]))
    order by wanted.address, r.name, s.taken_at desc, s.id desc`;
}
