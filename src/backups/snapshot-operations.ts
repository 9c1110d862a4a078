import type { AdmittedContext } from '../context.ts';
import { fail } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command } from '../operation.ts';
import { RepositoryAddress } from '../repositories/model.ts';
import {
  type RepositoryReference,
  requireCopyable,
  requireReach,
  requireWritable,
  resolveRepository,
} from '../repositories/read.ts';
import { hostOf } from '../restic/repository-location.ts';
import { HostName, object, T } from '../schema.ts';
import { type Snapshot, SnapshotId } from '../snapshots/model.ts';
import { requireSnapshot, snapshotTarget } from '../snapshots/read.ts';
import { NewVolumeName } from '../volumes/model.ts';
import { requireFittingName, requireVolumeName } from '../volumes/read.ts';
import { appendOnly, refuseNeeded } from './forget-handler.ts';
import { labelsOfCopy, refuseTaken } from './new-volume.ts';

export const restoreSnapshot = command('snapshots.restore', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'Restore a snapshot into a new volume',
  description: 'Also one that was not made of a volume, and one of a host that is gone.',
  input: object({
    snapshot: SnapshotId,
    into: NewVolumeName,
    host: T.Optional(
      T.String({ ...HostName, description: 'Host of the new volume; that of the snapshot, or one that can read it.' }),
    ),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { snapshot: id, into, host: wanted }) {
    const snapshot = await requireSnapshot(context, id);
    requireOfVolume(snapshot);
    const repository = await resolveRepository(context.ports.db, snapshot.repositoryId);
    const host = hostForSnapshot(context, repository, snapshot, wanted);
    requireVolumeName(into);
    const labels = await labelsOfCopy(context, snapshot);
    requireFittingName({ name: into, labels, ...attributesOf(labels) }, context.ports.config.naming);
    await refuseTaken(context, host, into);
    return await enqueueJob(context, {
      kind: 'volume_restore',
      host,
      volume: into,
      project: snapshot.project,
      input: { snapshot: snapshot.id, repositoryId: repository.id, into, labels },
    });
  },
});

export const copySnapshot = command('snapshots.copy', {
  permission: 'operate',
  reach: snapshotTarget,
  summary: 'Copy a snapshot into another repository',
  description:
    'The volume is not read again. A repository that is made for it cuts files as the first one does, so that what both hold is stored once. Copying what was copied before changes nothing.',
  input: object({ snapshot: SnapshotId, repository: RepositoryAddress }),
  output: Job,
  recall: recallJob,
  async run(context, { snapshot: id, repository }) {
    const { ports } = context;
    const snapshot = await requireSnapshot(context, id);
    const source = await resolveRepository(ports.db, snapshot.repositoryId);
    const target = await resolveRepository(ports.db, repository);
    await requireCopyable(ports, source, target);
    const host = hostForSnapshot(context, hostOf(target.location) === null ? source : target, snapshot);
    return await enqueueJob(context, {
      kind: 'snapshot_copy',
      host,
      volume: snapshot.volume,
      project: snapshot.project,
      input: { snapshot: snapshot.id, sourceId: source.id, repositoryId: target.id },
    });
  },
});

export const deleteSnapshot = command('snapshots.delete', {
  permission: 'administer',
  reach: snapshotTarget,
  summary: 'Delete a snapshot',
  description:
    'It leaves the repository at once; the space that only it needed is freed when the repository is pruned. Copies in other repositories stay.',
  input: object({
    snapshot: SnapshotId,
    confirm: T.Optional(T.String({ description: 'Id of the snapshot, or its first 8 digits, once more.' })),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { snapshot: id, confirm }) {
    const snapshot = await requireSnapshot(context, id);
    if (confirm !== snapshot.id && confirm !== snapshot.id.slice(0, 8))
      throw fail(
        'confirmation_required',
        `Repeat the id of the snapshot in \`confirm\`: "${snapshot.id.slice(0, 8)}".`,
      );
    const repository = await resolveRepository(context.ports.db, snapshot.repositoryId);
    requireWritable(repository);
    if (repository.appendOnly) throw appendOnly(repository.name);
    await refuseNeeded(context.ports.db, snapshot.id);
    return await enqueueJob(context, {
      kind: 'snapshot_forget',
      host: hostForSnapshot(context, repository, snapshot),
      volume: snapshot.volume,
      project: snapshot.project,
      input: { snapshot: snapshot.id, repositoryId: repository.id },
    });
  },
});

/** Throws `snapshot_unsuitable` for what is no content of a volume: an image, or definitions that hold secrets. */
function requireOfVolume({ id, image, configuration }: Snapshot): void {
  if (image === null && configuration === null) return;
  const [held, door] = image === null ? ['definitions', 'configuration-restores'] : ['an image', 'image-restores'];
  throw fail(
    'snapshot_unsuitable',
    `Snapshot ${id.slice(0, 8)} holds ${held}: restore it with POST /v1/hosts/{host}/${door}.`,
  );
}

/** A host whose helper can read the snapshot. Throws `host_not_found`, and `invalid_input` for one that cannot. */
export function hostForSnapshot(
  { ports }: AdmittedContext,
  repository: Pick<RepositoryReference, 'name' | 'location'>,
  snapshot: Pick<Snapshot, 'host'>,
  wanted?: string,
): string {
  const hosts = ports.engines.names();
  const ownHost = hosts.find((name) => name === snapshot.host);
  const host = wanted ?? hostOf(repository.location) ?? ownHost ?? hosts[0] ?? snapshot.host;
  ports.engines.get(host);
  requireReach(repository, host);
  return host;
}
