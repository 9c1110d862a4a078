import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const jobs = '/v1/jobs?kind=host_measure';

t.test(
  'a host is measured without a request: soon after it is first connected, once by two replicas, and again when it is time',
  async (t) => {
    const docker = testDocker(t);
    const env = { STOWAGE_MEASURE_SECONDS: '3600' };
    const first = await startStowage(t, { env });
    const [, name] = await Promise.all([
      startStowage(t, { env, database: first.database, state: first.state }),
      docker.name('scheduled'),
    ]);
    await first.created('POST', '/v1/hosts/local/volumes', { name });
    const { items } = await first.until(jobs, ({ items }) => items[0]?.finishedAt != null, 90);
    t.match(items, [{ state: 'succeeded', requestedBy: 'system', volume: null, project: null }]);
    await sleep(7_000);
    t.equal((await first.get(jobs)).items.length, 1, 'two replicas measure once');

    // As if the control plane had been away for days.
    await first.database.query(
      `update jobs set created_at = created_at - interval '3 days' where kind = 'host_measure'`,
    );
    await first.until(jobs, ({ items }) => items.length === 2 && items[0].finishedAt !== null, 90);
    await sleep(7_000);
    t.equal((await first.get(jobs)).items.length, 2, 'what was missed is caught up once');
    t.ok((await first.get(`/v1/hosts/local/volumes/${name}`)).usage);
  },
);

t.test(
  'nothing is measured on its own when the schedule is off, and two that are asked for come one after the other',
  async (t) => {
    const stowage = await startStowage(t);
    await stowage.until('/v1/hosts/local', ({ inventory }) => inventory.syncedAt !== null);
    await sleep(7_000);
    t.same((await stowage.get(jobs)).items, []);
    const [one, other] = await Promise.all(
      [1, 2].map(() => stowage.accepted('POST', '/v1/hosts/local/measurements', {})),
    );
    const [first, second] = [await stowage.waitForJob(one.id, 90), await stowage.waitForJob(other.id, 90)].sort(
      (a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt),
    );
    t.match([first, second], [{ state: 'succeeded' }, { state: 'succeeded' }]);
    t.ok(Date.parse(second.startedAt) >= Date.parse(first.finishedAt), 'one at a time');
  },
);
