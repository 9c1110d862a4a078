import type { RunningJob } from '../jobs/handler.ts';
import type { ResticMessage, ResticStatus } from '../restic/output.ts';

/** Reports restic's status lines as the progress of a job; the rate is measured over the step so far. */
export function reportProgress(job: RunningJob, step: string): (message: ResticMessage) => void {
  const startedAt = Date.now();
  return (message) => {
    if (message.kind !== 'status') return;
    const { status } = message;
    const bytesDone = (status.bytes_done ?? status.bytes_restored ?? 0) + (status.bytes_skipped ?? 0);
    job.progress({
      step,
      percent: percentOf(status),
      bytesDone,
      bytesTotal: Math.max(status.total_bytes ?? 0, bytesDone),
      filesDone: (status.files_done ?? status.files_restored ?? 0) + (status.files_skipped ?? 0),
      filesTotal: status.total_files ?? 0,
      bytesPerSecond: Math.round(bytesDone / Math.max((Date.now() - startedAt) / 1000, 0.001)),
      secondsLeft: status.seconds_remaining ?? null,
    });
  };
}

/** Tells how much has gone through, of so many bytes where that is known, as the progress of a job. */
export function reportBytes(job: RunningJob, step: string, bytesTotal = 0): (bytes: number) => void {
  const startedAt = Date.now();
  let bytesDone = 0;
  return (bytes) => {
    bytesDone += bytes;
    job.progress({
      step,
      percent: bytesTotal === 0 ? 0 : Math.min(100, Math.round((bytesDone / bytesTotal) * 1000) / 10),
      bytesDone,
      bytesTotal: Math.max(bytesTotal, bytesDone),
      filesDone: 0,
      filesTotal: 1,
      bytesPerSecond: Math.round(bytesDone / Math.max((Date.now() - startedAt) / 1000, 0.001)),
      secondsLeft: null,
    });
  };
}

function percentOf({ percent_done: fraction = 0 }: ResticStatus): number {
  return Math.min(100, Math.max(0, Math.round(fraction * 1000) / 10));
}
