import type { ProjectScope } from '../access/roles.ts';
import type { Reader } from '../database/client.ts';
import { keysByHost } from '../hosts/read.ts';
import { readingsOf, usersOf, type VolumeUser, type Window } from './activity-store.ts';
import type { ContainerActivity, VolumePerformance } from './model.ts';
import { activityOf, type Reading, seriesOf, totalOf } from './rates.ts';
import { spaceOf, type VolumeSpace } from './space-store.ts';

/** Most points of a series. */
const slots = 60;

/** How volumes (`host/name`) do in a time, in any order; three statements for any number. Those that are not there are left out. */
export async function performanceOf(
  db: Reader,
  scope: ProjectScope,
  addresses: readonly string[],
  time: { from: Date; to: Date },
): Promise<VolumePerformance[]> {
  const volumes = keysByHost(addresses);
  const spaces = await spaceOf(db, scope, volumes);
  const users = await usersOf(db, scope, volumes);
  const window = { ...time, slots };
  const readings = await readingsOf(db, users, window);
  const byVolume = Map.groupBy(users, ({ host, volume }) => `${host}/${volume}`);
  return spaces.map((space) =>
    toPerformance(space, byVolume.get(`${space.host}/${space.volume}`) ?? [], readings, window),
  );
}

function toPerformance(
  space: VolumeSpace,
  users: readonly VolumeUser[],
  readings: ReadonlyMap<string, readonly Reading[]>,
  { from, to, slots: points }: Window,
): VolumePerformance {
  const of = ({ host, id }: VolumeUser) => readings.get(`${host}/${id}`) ?? [];
  const containers = users.map((user) => toActivity(user, of(user)));
  return {
    ...space,
    from: from.toISOString(),
    to: to.toISOString(),
    attribution: 'whole_containers',
    containers,
    totals: totalOf(containers.map(({ rates }) => rates)),
    series: seriesOf(users.map(of), { from, to }, points),
  };
}

function toActivity({ id, name, readOnly, otherMounts }: VolumeUser, readings: readonly Reading[]): ContainerActivity {
  const { rates, memoryBytes, measuredAt, measuredSeconds } = activityOf(readings);
  return {
    id,
    name,
    readOnly,
    otherMounts,
    rates,
    memoryBytes,
    measuredAt: measuredAt?.toISOString() ?? null,
    measuredSeconds,
  };
}
