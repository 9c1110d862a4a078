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
