import t from 'tap';
import { startStowage } from '../../machinery/stowage.ts';
import { backedUp, keysOf, opens, passwordOf, rotations, withSnapshot } from './rotated.ts';

const password = 'the-new-password-of-a-test';

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

  const late = await stowage.accepted('POST', rotations, { password: 'another-password-of-a-test' });
  await docker.pauseHelper(late.id, 'remove');
  await stowage.post(`/v1/jobs/${late.id}/cancel`, {});
  t.match(await stowage.waitForJob(late.id, 90), { state: 'canceled', result: { oldKeyRemoved: false } });
  t.equal(await passwordOf(stowage), 'another-password-of-a-test');
  await backedUp(stowage, volume);

  const second = await stowage.accepted('POST', rotations, { password });
  const adder = await docker.pauseHelper(second.id, 'add');
  await stowage.kill();
  await adder.unpause();
  await adder.wait();
  t.equal(await keysOf(stowage), 2, 'and the key of the canceled one is gone');
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
