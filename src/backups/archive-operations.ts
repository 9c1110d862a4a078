import { attributesOf, labelsOf } from '../hosts/read.ts';
import { Job } from '../jobs/model.ts';
import { enqueueJob, recallJob } from '../jobs/read.ts';
import { command } from '../operation.ts';
import { HostName, object } from '../schema.ts';
import { EntryPath } from '../snapshots/model.ts';
import { NewVolumeName, VolumeName } from '../volumes/model.ts';
import { findVolume, requireFittingName, requireVolumeName, volumeTarget } from '../volumes/read.ts';
import { refuseTaken } from './new-volume.ts';

export const importArchive = command('volumes.importArchive', {
  permission: 'operate',
  reach: volumeTarget,
  summary: 'Make a volume out of an archive that lies in this one',
  description:
    'An archive of tar, compressed with gzip, zstd or not at all, as `docker run … tar czf` leaves it. The new volume belongs to the project of this one. An archive that is damaged or empty leaves no volume.',
  input: object({ host: HostName, name: VolumeName, path: EntryPath, into: NewVolumeName }),
  output: Job,
  recall: recallJob,
  async run(context, { host, name, path, into }) {
    const { ports } = context;
    const source = await findVolume(ports.db, host, name);
    if (source === null) throw volumeTarget.absent({ host, name });
    requireVolumeName(into);
    const { project, environment, class: dataClass } = source;
    const labels = labelsOf({ project, environment, class: dataClass });
    requireFittingName({ name: into, labels, ...attributesOf(labels) }, ports.config.naming);
    await refuseTaken(context, host, into);
    return await enqueueJob(context, {
      kind: 'archive_import',
      host,
      volume: into,
      project,
      input: { source: name, path, into, labels },
    });
  },
});
