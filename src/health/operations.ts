import { fail } from '../errors.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command, query } from '../operation.ts';
import { HostName, object } from '../schema.ts';
import { ShareName } from '../shares/model.ts';
import { findShareRow, shareTarget } from '../shares/read.ts';
import { VolumeName } from '../volumes/model.ts';
import { findVolume, volumeTarget } from '../volumes/read.ts';
import { VolumeHealth } from './model.ts';
import { reportHealth } from './report.ts';

const address = { host: HostName, name: VolumeName };

export const getVolumeHealth = query('health.ofVolume', {
  permission: 'read',
  reach: volumeTarget,
  summary: 'How the use of a volume is going',
  description:
    'Who has it and what they may do, writers at the same time, locks held and waited for, the room that is left, pressure on storage, what the last permission check found, and what to do about what is wrong.',
  input: object(address),
  output: VolumeHealth,
  run: (context, { host, name }) => reportHealth(context, host, name),
});

export const getShareHealth = query('health.ofShare', {
  permission: 'read',
  reach: shareTarget,
  summary: 'How the use of a share is going',
  description: 'The health of its volume, for who reaches the project that it belongs to.',
  input: object({ share: ShareName }),
  output: VolumeHealth,
  async run(context, { share }) {
    const row = await findShareRow(context.ports.db, share);
    if (row === null) throw shareTarget.absent({ share });
    const volume = await findVolume(context.ports.db, row.hostName, row.volumeName);
    // The volume may have been given to another project, which does not share it.
    if (volume === null || volume.project !== row.project)
      throw fail('volume_not_found', `The volume of share "${share}" is gone, or belongs to another project by now.`);
    return await reportHealth(context, row.hostName, row.volumeName);
  },
});

export const checkHealth = command('health.check', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Look at how the use of a volume is going, now',
  description: 'A helper looks at the locks, the room and the pressure on storage; it is done by itself as well.',
  input: object(address),
  output: Job,
  recall: recallJob,
  async run(context, { host, name }) {
    const volume = await findVolume(context.ports.db, host, name);
    if (volume === null) throw volumeTarget.absent({ host, name });
    const input = {};
    return await enqueueJob(context, { kind: 'health_check', host, volume: name, project: volume.project, input });
  },
});
