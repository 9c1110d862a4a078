import type { AdmittedContext } from '../context.ts';
import { DatabaseName } from '../databases/model.ts';
import { fail } from '../errors.ts';
import { attributesOf } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query, type Target } from '../operation.ts';
import { repositoryInVolume, requireWritable, resolveRepository, usableRepository } from '../repositories/read.ts';
import { HostName, object, paging, T } from '../schema.ts';
import { sharedVolumeNames, volumeShared } from '../shares/read.ts';
import { type Snapshot, SnapshotId } from '../snapshots/model.ts';
import { findSnapshot } from '../snapshots/read.ts';
import { NewVolumeName, VolumeName } from '../volumes/model.ts';
import { findVolume, requireFittingName, requireVolumeName, volumeTarget } from '../volumes/read.ts';
import { backupFields, backupInput, repositoryField } from './backup-wish.ts';
import { listDeletedVolumes as listDeleted, newestDeletedVolume } from './deleted-volumes.ts';
import { DeletedVolumePage } from './model.ts';
import { labelsOfCopy, refuseTaken } from './new-volume.ts';
import { requireAdmin } from './require-admin.ts';
import { requireUnused } from './volume-in-use.ts';

const address = { host: HostName, name: VolumeName };

export const createBackup = command('backups.create', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Back up a volume',
  description:
    'The volume is read once; the snapshot is then copied into the repositories of `copyTo`, by jobs of their own (`copyJobs` of the result). With the `consistency` `pause`, `stop` or `hook` the containers that can write are at rest for a short while (`outageSeconds`), and are as they were afterwards, whatever happens; `hooks` ask for the role admin.',
  input: object({
    ...address,
    ...backupFields,
    database: T.Optional({
      ...DatabaseName,
      description: 'Of a dump: the one database that it is to hold; all of the server when not given.',
    }),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, consistency = 'live', database, ...wish }) {
    const { project } = await requireVolume(context, host, name);
    if (database !== undefined && consistency !== 'dump')
      throw fail('invalid_input', '`database` is for `consistency`: "dump" only; leave it out.');
    const how = await backupInput(context, host, project, { ...wish, consistency });
    const input = { ...how, ...(database === undefined ? {} : { database }) };
    return await enqueueJob(context, { kind: 'volume_backup', host, volume: name, project, input });
  },
});

const sourceTarget: Target<{ host: string; name: string; snapshot: string }> = {
  async find({ ports }, { host, name, snapshot: id }) {
    const snapshot = await findSnapshot(ports.db, id);
    return snapshot?.host === host && snapshot.volume === name ? snapshot : null;
  },
  absent: ({ host, name, snapshot }) =>
    fail('snapshot_not_found', `Volume "${name}" of host "${host}" has no snapshot "${snapshot}".`),
};

export const createRestore = command('restores.create', {
  permission: 'operate',
  reach: sourceTarget,
  summary: 'Restore a snapshot of a volume',
  description:
    'Into a new volume (`into`), or in place (`inPlace` with `confirm`, the name once more; asks for the role admin): the containers that use the volume are stopped and started again, and what is there is kept in a snapshot.',
  input: object({
    ...address,
    snapshot: SnapshotId,
    into: T.Optional(NewVolumeName),
    inPlace: T.Optional(T.Boolean({ default: false })),
    confirm: T.Optional(T.String({ description: 'Name of the volume, once more; for a restore in place.' })),
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, snapshot: id, into, inPlace = false, confirm }) {
    if ((into !== undefined) === inPlace)
      throw fail('invalid_input', 'Give either `into`, the name of a new volume, or `inPlace`: true.');
    const snapshot = await sourceOf(context, id);
    const input = { snapshot: snapshot.id, repositoryId: snapshot.repositoryId };
    if (into !== undefined) {
      requireVolumeName(into);
      const labels = await labelsOfCopy(context, snapshot);
      requireFittingName({ name: into, labels, ...attributesOf(labels) }, context.ports.config.naming);
      await refuseTaken(context, host, into);
      return await enqueueJob(context, {
        kind: 'volume_restore',
        host,
        volume: into,
        project: snapshot.project,
        input: { ...input, into, labels },
      });
    }
    if (confirm !== name)
      throw fail(
        'confirmation_required',
        `A restore in place replaces what is in the volume; repeat its name in \`confirm\`: "${name}".`,
      );
    requireFiles(snapshot);
    const volume = await requireVolume(context, host, name);
    requireAdmin(context, volume.project, 'restore in place');
    // What is there is kept in the same repository first.
    requireWritable(await resolveRepository(context.ports.db, snapshot.repositoryId));
    return await enqueueJob(context, { kind: 'volume_restore', host, volume: name, project: volume.project, input });
  },
});

export const deleteVolume = command('volumes.delete', {
  permission: 'administer',
  reach: volumeTarget,
  summary: 'Delete a volume',
  description:
    'A last snapshot is kept, from which the volume can be brought back for a while, unless `keepSnapshot` is false. A volume that is shared is not deleted.',
  input: object({
    ...address,
    confirm: T.Optional(T.String({ description: 'Name of the volume, once more.' })),
    keepSnapshot: T.Optional(T.Boolean({ default: true })),
    repository: repositoryField,
  }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, confirm, keepSnapshot = true, repository }) {
    const { ports } = context;
    if (confirm !== name)
      throw fail('confirmation_required', `Repeat the name of the volume in \`confirm\`: "${name}".`);
    const volume = await requireVolume(context, host, name);
    const holds = await repositoryInVolume(ports.db, host, name);
    if (holds !== null)
      throw fail('repository_in_use', `Volume "${name}" holds the repository "${holds}"; delete the repository first.`);
    const share = (await sharedVolumeNames(ports.db, host, [name])).get(name);
    if (share !== undefined) throw volumeShared(host, name, share);
    await requireUnused(ports, ports.engines.get(host), name);
    const input = keepSnapshot ? { repositoryId: (await usableRepository(ports.db, host, repository)).id } : {};
    return await enqueueJob(context, { kind: 'volume_delete', host, volume: name, project: volume.project, input });
  },
});

const deletedTarget: Target<{ host: string; name: string }> = {
  find: ({ ports }, { host, name }) => newestDeletedVolume(ports.db, host, name),
  absent: ({ host, name }) =>
    fail('deleted_volume_not_found', `No deleted volume "${name}" of host "${host}" can be brought back.`),
};

export const undeleteVolume = command('volumes.undelete', {
  permission: 'operate',
  reach: deletedTarget,
  summary: 'Bring a deleted volume back',
  input: object(address),
  output: Job,
  recall: recallJob,
  async run(context, { host, name }) {
    const deleted = await newestDeletedVolume(context.ports.db, host, name);
    if (deleted === null) throw deletedTarget.absent({ host, name });
    await refuseTaken(context, host, name);
    const snapshot = await sourceOf(context, deleted.snapshot);
    const input = { deletedId: deleted.id, snapshot: snapshot.id, repositoryId: snapshot.repositoryId };
    return await enqueueJob(context, { kind: 'volume_undelete', host, volume: name, project: deleted.project, input });
  },
});

export const listDeletedVolumes = query('volumes.listDeleted', {
  permission: 'read',
  reach: 'anything',
  summary: 'List deleted volumes that can be brought back',
  input: object({ ...paging }),
  output: DeletedVolumePage,
  run: ({ ports, scope }, { limit = 50, cursor }) => listDeleted(ports.db, scope, limit, cursor),
});

async function requireVolume({ ports }: AdmittedContext, host: string, name: string) {
  const volume = await findVolume(ports.db, host, name);
  if (volume === null) throw volumeTarget.absent({ host, name });
  return volume;
}

async function sourceOf({ ports }: AdmittedContext, id: string) {
  const snapshot = await findSnapshot(ports.db, id);
  if (snapshot === null) throw fail('snapshot_not_found', `There is no snapshot "${id}".`);
  return snapshot;
}

/** Throws `snapshot_unsuitable` for a dump, which no volume is set back to. */
function requireFiles({ id, dump }: Snapshot): void {
  if (dump === null) return;
  throw fail(
    'snapshot_unsuitable',
    `Snapshot ${id.slice(0, 8)} is a dump of ${dump.engine}: let the database read it (restores of the database's container), or restore it into a new volume.`,
  );
}
