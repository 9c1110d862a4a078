import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';
import type { Answer, Client } from './client.ts';

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function headline(text: string): void {
  say(`\n${styleText('bold', text)}`);
}

/** Follows a job with a progress bar to its end. Throws when it does not succeed. */
export async function showJob(client: Client, { id }: Answer): Promise<Answer> {
  const bar = new SingleBar({ format: '   {bar} {percentage} % {step}', hideCursor: true, noTTYOutput: false });
  bar.start(100, 0, { step: '' });
  let job: Answer = null;
  for await (job of client.events(`/v1/jobs/${id}/events`))
    bar.update(Math.floor(job.progress?.percent ?? 0), { step: job.progress?.step ?? job.state });
  if (job?.state === 'succeeded') bar.update(100, { step: 'done' });
  bar.stop();
  if (job?.state !== 'succeeded')
    throw new Error(`Job ${id} ${job?.state}: ${job?.error?.code}: ${job?.error?.detail}`);
  say(`   ${job.kind} succeeded in ${seconds(job)} s`);
  return job;
}

export function humanBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** One line a job. */
export function table(jobs: readonly Answer[]): void {
  for (const job of jobs) {
    const snapshot = job.result?.snapshot === undefined ? '' : `snapshot ${job.result.snapshot.slice(0, 8)}`;
    say(
      `   ${job.createdAt}  ${job.kind.padEnd(16)} ${job.state.padEnd(10)} ${seconds(job).padStart(5)} s  ${snapshot}`,
    );
  }
}

function seconds({ startedAt, finishedAt }: Answer): string {
  return ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
}
