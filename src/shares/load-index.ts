import type { Prisma, Reader } from '../database/client.ts';
import { boundFolderOf } from '../hosts/read.ts';
import { toAccessRule } from './rule-row.ts';
import { indexVolumes, type SharedAs, type VolumeIndex } from './volume-index.ts';

const include = {
  rules: { where: { state: 'active' } },
  attachments: { where: { releasedAt: null }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
} as const satisfies Prisma.ShareInclude;
type ShareWithRules = Prisma.ShareGetPayload<{ include: typeof include }>;

/** The volumes of these hosts with their shares, by host. A share of a volume that is of another project by now does not hold. A constant number of statements. */
export async function loadVolumeIndexes(
  db: Reader,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, VolumeIndex>> {
  const hostName = { in: [...hosts] };
  const shares = await db.share.findMany({ where: { hostName }, include });
  const volumes = await db.volume.findMany({
    where: { hostName },
    select: {
      hostName: true,
      name: true,
      project: true,
      environment: true,
      mountpoint: true,
      driver: true,
      options: true,
    },
  });
  const byHost = Map.groupBy(volumes, (volume) => volume.hostName);
  return new Map(
    hosts.map((host) => {
      const ofHost = new Map(
        shares.filter((share) => share.hostName === host).map((share) => [share.volumeName, share]),
      );
      const indexed = (byHost.get(host) ?? []).map(({ name, project, environment, mountpoint, driver, options }) => {
        const share = ofHost.get(name);
        return {
          volume: { name, project, environment, share: share?.project === project ? toSharedAs(share) : null },
          // Written by the inventory: options of a driver are strings.
          place: { mountpoint, boundFolder: boundFolderOf(driver, options as Record<string, string>) },
        };
      });
      return [host, indexVolumes(indexed)] as const;
    }),
  );
}

function toSharedAs({ name, rules, attachments }: ShareWithRules): SharedAs {
  return {
    name,
    rules: rules.map(toAccessRule),
    attachments: attachments.map(({ id, ruleId, project, containerName, target }) => ({
      id,
      rule: ruleId,
      project,
      container: containerName,
      target,
    })),
  };
}
