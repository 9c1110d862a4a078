import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { openShop } from '../configuration/shop.ts';

const never = { cron: '0 0 1 1 *' };

t.test(
  'a policy keeps what the Compose projects of its volumes are made from, and their images, with the data',
  async (t) => {
    const stowage = await startStowage(t, { env: { STOWAGE_SCHEDULE_SECONDS: '1' } });
    const { volume, project, docker } = await openShop(t, { stowage });
    await stowage.until(`/v1/hosts/local/containers?limit=500`, ({ items }) =>
      items.some(({ compose }: Answer) => compose?.project === project),
    );
    const second = docker.name('second');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: second });
    await stowage.created('POST', '/v1/repositories', { name: 'second', volume: second });
    await stowage.created('POST', '/v1/policies', {
      name: 'whole',
      selector: { names: [volume] },
      schedule: never,
      configuration: 'definitions_and_images',
      copyTo: ['second'],
    });
    t.match(await stowage.get('/v1/policies/whole'), { configuration: 'definitions_and_images' });

    const { jobs, skipped } = await stowage.post('/v1/policies/whole/runs', {});
    t.same(skipped, []);
    const ended = await Promise.all(jobs.map((id: string) => stowage.waitForJob(id, 120)));
    t.same(ended.map(({ kind, state }) => [kind, state]).toSorted(), [
      ['configuration_backup', 'succeeded'],
      ['image_backup', 'succeeded'],
      ['volume_backup', 'succeeded'],
    ]);
    for (const { result } of ended)
      for (const copy of result.copyJobs) t.match(await stowage.waitForJob(copy, 120), { state: 'succeeded' });
    for (const holds of ['configuration', 'image', 'volume']) {
      const { items } = await stowage.get(`/v1/snapshots?holds=${holds}`);
      t.same(items.map(({ original }: Answer) => original !== null).toSorted(), [false, true], `${holds}: and a copy`);
    }

    const again = await stowage.post('/v1/policies/whole/runs', {});
    const repeated = await Promise.all(again.jobs.map((id: string) => stowage.waitForJob(id, 120)));
    t.equal(
      repeated.filter(({ result }) => result.skipped?.length > 0).length,
      2,
      'what has not changed is not written',
    );

    await t.test('by its schedule as well, and in a policy over GraphQL', async (t) => {
      const { data } = await stowage.graphql(
        `mutation ($policy: String!) { updatePolicy(input: { policy: $policy, configuration: definitions }) { configuration } }`,
        { policy: 'whole' },
      );
      t.match(data, { updatePolicy: { configuration: 'definitions' } });
      await stowage.database.query(`update backup_policies set next_run_at = now() - interval '1 second'`);
      await stowage.until('/v1/jobs?kind=configuration_backup', ({ items }) => items.length === 3, 60);
      t.equal((await stowage.get('/v1/jobs?kind=image_backup')).items.length, 2, 'and no images any more');
    });

    await t.test('one of a project keeps no images', async (t) => {
      const wish = { name: 'own', project: 'shop', schedule: never, configuration: 'definitions_and_images' };
      const refused = await stowage.call('POST', '/v1/policies', wish);
      t.match(refused, { status: 400, body: { code: 'invalid_input', errors: [{ path: '/configuration' }] } });
      await stowage.created('POST', '/v1/policies', { ...wish, configuration: 'definitions' });
      const changed = await stowage.call('PATCH', '/v1/policies/own', { configuration: 'definitions_and_images' });
      t.match(changed, { status: 400, body: { code: 'invalid_input' } });
    });
  },
);
