import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query } from '../operation.ts';
import { requireReach, resolveRepository } from '../repositories/read.ts';
import { HostName, object, paging, T } from '../schema.ts';
import { SnapshotId } from '../snapshots/model.ts';
import { findSnapshot, newestGoodSnapshot } from '../snapshots/read.ts';
import { VolumeName } from '../volumes/model.ts';
import { findVolume, volumeTarget } from '../volumes/read.ts';
import type { DrillInput } from './drill-input.ts';
import { RestoreDrillPage } from './model.ts';
import * as store from './store.ts';

const address = { host: HostName, name: VolumeName };

export const createDrill = command('restoreDrills.create', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Restore a snapshot of a volume for a try',
  description:
    'Into a volume of its own, which is compared with the snapshot and removed again; the volume itself, and who uses it, notice nothing. The newest good snapshot when none is given. The seconds that it took are what a restore takes.',
  input: object({ ...address, snapshot: T.Optional(SnapshotId) }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, snapshot: wanted }) {
    const { db } = context.ports;
    const volume = await findVolume(db, host, name);
    if (volume === null) throw volumeTarget.absent({ host, name });
    const snapshot = wanted === undefined ? await newestGoodSnapshot(db, host, name) : await findSnapshot(db, wanted);
    if (snapshot === null || snapshot.host !== host || snapshot.volume !== name || snapshot.project !== volume.project)
      throw fail(
        'snapshot_not_found',
        `Volume "${name}" of host "${host}" has no ${wanted === undefined ? 'good snapshot' : `snapshot "${wanted}"`}.`,
      );
    requireReach(await resolveRepository(db, snapshot.repositoryId), host);
    const input: DrillInput = { snapshot: snapshot.id, repositoryId: snapshot.repositoryId };
    return await enqueueJob(context, { kind: 'restore_drill', host, volume: name, project: volume.project, input });
  },
});

export const listDrills = query('restoreDrills.list', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'List the restore drills of a volume, newest first',
  description: 'The last fifty are kept.',
  input: object({ ...address, ...paging }),
  output: RestoreDrillPage,
  run: ({ ports }, { host, name, limit = 50, cursor }) =>
    store.listDrills(ports.db, { host, volume: name }, limit, cursor),
});
