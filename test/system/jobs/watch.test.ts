import { createClient } from 'graphql-ws';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';

/** What server-sent events carried, until the server ended them. */
async function eventsOf(
  { address, adminKey }: Stowage,
  path: string,
): Promise<{ state: string; progress: { percent: number } | null }[]> {
  const response = await fetch(new URL(path, address), {
    headers: { authorization: `Bearer ${adminKey}`, accept: 'text/event-stream' },
  });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
}

t.test('a job is watched to its end over server-sent events and over a subscription', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('watched');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done');
  const { id } = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});

  const connectionParams = { authorization: `Bearer ${stowage.adminKey}` };
  const client = createClient({ url: `${stowage.address.replace('http', 'ws')}/graphql`, connectionParams });
  t.teardown(() => client.dispose());
  const subscribed = (async () => {
    const seen: string[] = [];
    const query = `subscription { job(job: "${id}") { state progress { percent bytesPerSecond } } }`;
    for await (const { data } of client.iterate<{ job: { state: string } }>({ query }))
      seen.push(data?.job.state ?? '');
    return seen;
  })();
  const events = await eventsOf(stowage, `/v1/jobs/${id}/events`);
  const states = await subscribed;

  t.ok(
    events.some(({ progress }) => progress !== null && progress.percent > 0 && progress.percent < 100),
    'progress is seen on the way',
  );
  t.equal(events.at(-1)?.state, 'succeeded');
  t.ok(states.includes('running'));
  t.equal(states.at(-1), 'succeeded');
  t.match(await stowage.call('GET', `/v1/jobs/${id}/events`, undefined, { authorization: null }), { status: 401 });
});
