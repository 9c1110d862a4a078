import type { RunningJob } from '../jobs/handler.ts';

/** Reports the progress of one step of a measurement: how many of `total` are done, and what was seen in them so far. */
export function progressOver(job: RunningJob, step: string, total: number) {
  const startedAt = Date.now();
  return (done: number, seen: { readonly entries: number; readonly bytes: number }): void => {
    const seconds = Math.max((Date.now() - startedAt) / 1000, 0.001);
    const share = total === 0 ? 1 : Math.min(done / total, 1);
    job.progress({
      step,
      percent: Math.round(share * 1000) / 10,
      bytesDone: seen.bytes,
      bytesTotal: seen.bytes,
      filesDone: Math.max(seen.entries, done),
      filesTotal: Math.max(seen.entries, done),
      bytesPerSecond: Math.round(seen.bytes / seconds),
      secondsLeft: share === 0 ? null : Math.round((seconds * (1 - share)) / share),
    });
  };
}
