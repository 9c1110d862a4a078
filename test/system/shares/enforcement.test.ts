import t, { type Test } from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { type TestDocker, testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

/** Takes so long to stop that it can be met while it stops. */
const reluctant = 'trap "sleep 4; exit 0" TERM; while :; do sleep 0.1; done';
const enforcements = '/v1/jobs?kind=share_enforce';

/** A share that has whoever breaks its rules stopped, and the container of a stranger that does so. */
async function violated(docker: TestDocker, stowage: Stowage, script: string, start: () => Promise<unknown>) {
  const volume = docker.name('uploads');
  const share = `${volume}-share`;
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await stowage.created('POST', '/v1/shares', { name: share, host: 'local', volume, onViolation: 'stop' });
  await start();
  const labels = { 'stowage.project': 'blog' };
  return { volume, share, stranger: await docker.container({ volume, labels, script, stopTimeout: 20 }) };
}

async function ended(t: Test, stowage: Stowage, container: { inspect(): Promise<{ State: { Status: string } }> }) {
  const ofAll = ({ items }: { items: Answer[] }) =>
    items.length > 0 && items.every(({ finishedAt }) => finishedAt !== null);
  const { items } = await stowage.until(enforcements, ofAll, 60);
  t.equal((await container.inspect()).State.Status, 'exited');
  return items;
}

t.test('two replicas stop a container that breaks the rules of a share once', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t);
  const { stranger } = await violated(docker, first, reluctant, () =>
    startStowage(t, { database: first.database, state: first.state }),
  );
  const jobs = await ended(t, first, stranger);
  const { Name } = await stranger.inspect();
  t.match(jobs, [
    { state: 'succeeded', attempts: [{ number: 1 }], result: { enforced: [`stopped ${Name.slice(1)}`] } },
  ]);
  t.equal(jobs.length, 1, 'asked for by one of them');
  const { data } = await first.graphql('{ jobs(kind: share_enforce) { items { state result { enforced } } } }');
  t.same(data.jobs.items, [{ state: 'succeeded', result: { enforced: [`stopped ${Name.slice(1)}`] } }]);
});

t.test(
  'a control plane that dies while it stops a container: the next one ends it, and says what was done',
  async (t) => {
    const docker = testDocker(t);
    const first = await startStowage(t);
    const { stranger, share } = await violated(docker, first, reluctant, async () => undefined);
    const { Name } = await stranger.inspect();
    const running = ({ items }: { items: Answer[] }) => items.some(({ state }) => state === 'running');
    const { items } = await first.until(enforcements, running, 30);
    const told = ({ items: lines }: { items: Answer[] }) =>
      lines.some(({ message }) => /against the rules/.test(message));
    await first.until(`/v1/jobs/${items[0].id}/log`, told, 30);
    await first.kill();

    const second = await startStowage(t, { database: first.database, state: first.state });
    const jobs = await ended(t, second, stranger);
    t.equal(jobs.length, 1, 'the same job goes on');
    t.match(jobs, [{ state: 'succeeded', result: { enforced: [`stopped ${Name.slice(1)}`] } }]);

    const again = await second.finished('POST', `/v1/shares/${share}/releases`, { container: Name.slice(1) });
    t.match(again, { state: 'failed', error: { code: 'share_violation' } }, 'not let go while it breaks the rules');
  },
);
