import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';
import { backedUp, keysOf, opens, passwordOf, rotations, withSnapshot } from './rotated.ts';

const password = 'the-new-password-of-a-test';

for (const step of ['add', 'remove'])
  t.test(`a control plane that dies while a helper is to ${step} a key is followed by one that goes on`, async (t) => {
    const { docker, stowage: first, volume } = await withSnapshot(t);
    const before = await passwordOf(first);
    const job = await first.accepted('POST', rotations, { password });
    const helper = await docker.pauseHelper(job.id, step);
    await first.kill();
    await helper.unpause();
    await helper.wait();
    t.equal(await keysOf(first), step === 'add' ? 2 : 1);
    const second = await startStowage(t, { database: first.database, state: first.state });
    t.match(await second.waitForJob(job.id, 90), {
      state: 'succeeded',
      result: { oldKeyRemoved: true },
      attempts: [{ number: 1 }],
    });
    t.equal(await passwordOf(second), password);
    t.equal(await keysOf(second), 1);
    t.notOk(await opens(second, before));
    await backedUp(second, volume);
  });

for (const step of ['add', 'remove'])
  t.test(
    `both die while a key is to be ${step === 'add' ? 'added' : 'removed'}: the next attempt makes it good`,
    async (t) => {
      const { docker, stowage: first, volume } = await withSnapshot(t);
      const before = await passwordOf(first);
      const job = await first.accepted('POST', rotations, { password });
      const helper = await docker.pauseHelper(job.id, step);
      await first.kill();
      await helper.kill();
      const second = await startStowage(t, { database: first.database, state: first.state });
      t.match(await second.waitForJob(job.id, 120), {
        state: 'succeeded',
        result: { oldKeyRemoved: true },
        attempts: [{ error: { code: 'helper_interrupted' } }, { error: null }],
      });
      t.equal(await passwordOf(second), password);
      t.equal(await keysOf(second), 1);
      t.notOk(await opens(second, before));
      await backedUp(second, volume);
    },
  );

t.test('a rotation that is canceled is taken back; one that cannot be is by the next', async (t) => {
  const { docker, stowage, volume } = await withSnapshot(t, { env: { STOWAGE_JOB_ATTEMPTS: '1' } });
  const before = await passwordOf(stowage);
  const job = await stowage.accepted('POST', rotations, { password });
  await docker.pauseHelper(job.id, 'add');
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  t.match(await stowage.waitForJob(job.id, 90), { state: 'canceled' });
  t.equal(await passwordOf(stowage), before);
  t.equal(await keysOf(stowage), 1);
  const [row] = await stowage.database.query("select spare_secret from repositories where name = 'default'");
  t.equal(row?.spare_secret, null);
  await backedUp(stowage, volume);

  const second = await stowage.accepted('POST', rotations, { password });
  const adder = await docker.pauseHelper(second.id, 'add');
  await stowage.kill();
  await adder.unpause();
  await adder.wait();
  t.equal(await keysOf(stowage), 2);
  // As if the job had been given up for good, with its key left behind.
  await stowage.database.query(`update jobs set state = 'failed', finished_at = now() where id = '${second.id}'`);
  await stowage.database.query(`delete from job_locks where job_id = '${second.id}'`);
  const next = await startStowage(t, { database: stowage.database, state: stowage.state });
  await backedUp(next, volume);
  const third = await next.finished('POST', rotations, {}, 90);
  t.match(third, { state: 'succeeded', result: { oldKeyRemoved: true } }, third.error?.detail);
  t.equal(await keysOf(next), 1);
  t.notOk(await opens(next, password), 'what was left opens it no more');
  await backedUp(next, volume);
});
