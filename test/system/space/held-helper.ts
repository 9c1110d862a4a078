import type Docker from 'dockerode';
import type { Answer } from '../../machinery/api-client.ts';
import type { TestDocker } from '../../machinery/docker.ts';

/** Many enough files that a walk over them takes a while; the names are such that it is the first of its test. */
export const manyFiles = 'cd /data; seq 1 100000 | xargs touch';

/**
 * Asks for a job with `ask`, and does `act` to its first helper of a step (a prefix of its name) the moment that it
 * starts. Gives the job and the helper, once `act` is done.
 */
export async function meetHelper(
  { engine }: TestDocker,
  step: string,
  ask: () => Promise<Answer>,
  act: (helper: Docker.Container) => Promise<unknown>,
): Promise<{ job: Answer; helper: Docker.Container }> {
  const events = await engine.getEvents({ filters: { event: ['start'], label: ['stowage.job'] } });
  const asked = ask();
  let rest = '';
  try {
    for await (const chunk of events) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const { Actor } of lines.filter((line) => line !== '').map((line) => JSON.parse(line))) {
        if (!Actor.Attributes['stowage.step']?.startsWith(step)) continue;
        const job = await asked;
        if (Actor.Attributes['stowage.job'] !== job.id) continue;
        const helper = engine.getContainer(Actor.ID);
        await act(helper);
        return { job, helper };
      }
    }
  } finally {
    Object(events).destroy();
  }
  throw new Error('The events of the engine ended.');
}
