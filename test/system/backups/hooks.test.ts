import t from 'tap';
import { restored, written } from './written.ts';

t.test('hook: commands in the containers bring their files to rest, and end that', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const labels = { 'stowage.hook.before': 'echo label > /data/label', 'stowage.hook.after': '["rm", "/data/label"]' };
  const one = await docker.container({ volume, script: 'sleep 600', labels });
  const other = await docker.container({ volume, script: 'sleep 600' });
  const name = (await other.inspect()).Name.slice(1);
  const hooks = [
    { container: name, before: ['sh', '-c', 'hostname > /data/frozen'], after: ['rm', '/data/frozen'] },
    { container: 'nobody', before: ['false'] },
  ];
  const job = await stowage.finished('POST', backups, { consistency: 'hook', hooks });
  t.match(job, { state: 'succeeded' }, job.error?.detail);
  t.equal(await docker.run(volume, 'ls /data'), '', 'what the first commands did is ended');
  const into = await restored(stowage, docker, volume, job.result.snapshot);
  t.equal(await docker.run(into, 'ls /data; cat /data/frozen'), `frozen\nlabel\n${other.id.slice(0, 12)}\n`);
  t.match((await one.inspect()).State, { Status: 'running' });

  await one.remove({ force: true });
  await other.remove({ force: true });
  t.match(await stowage.finished('POST', backups, { consistency: 'hook', hooks }), {
    state: 'failed',
    error: { code: 'hook_failed', detail: /has a hook/ },
  });
});

t.test('a hook that hangs is killed, one that fails fails the backup unless that does not matter', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const one = await docker.container({ volume, script: 'sleep 600' });
  const hanging = { before: ['sleep', '4321'], after: ['touch', '/data/ended'], timeoutSeconds: 1 };
  t.match(await stowage.finished('POST', backups, { consistency: 'stop', hooks: [hanging] }), {
    state: 'failed',
    error: { code: 'hook_failed', detail: /sleep in .* did not end within 1 s and was killed/ },
  });
  const { Processes } = await one.top({ ps_args: '-o pid,args' });
  t.notOk(JSON.stringify(Processes).includes('4321'), 'nothing of it is left');
  t.equal(await docker.run(volume, 'ls /data'), 'ended\n', 'what it may have begun is ended');
  t.match((await one.inspect()).State, { Status: 'running' });

  const failing = { before: ['sh', '-c', 'echo no space >&2; exit 3'] };
  t.match(await stowage.finished('POST', backups, { consistency: 'hook', hooks: [failing] }), {
    error: { code: 'hook_failed', detail: /ended with 3: no space/ },
  });
  const absent = { before: ['no-such-program'] };
  t.match(await stowage.finished('POST', backups, { consistency: 'hook', hooks: [absent] }), {
    error: { code: 'hook_failed', detail: /no-such-program/ },
  });
  const unended = { before: ['true'], after: ['sh', '-c', 'echo still locked >&2; exit 4'] };
  t.match(await stowage.finished('POST', backups, { consistency: 'hook', hooks: [unended] }), {
    state: 'failed',
    error: { code: 'hook_failed', detail: /The backup itself is kept; after it: .*ended with 4: still locked/ },
  });
  const tolerated = { ...failing, after: ['false'], onError: 'continue' };
  t.match(await stowage.finished('POST', backups, { consistency: 'hook', hooks: [tolerated] }), { state: 'succeeded' });
});

t.test('hooks without a command, of a live backup, or of somebody who is no admin are refused', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const before = ['true'];
  for (const [body, code] of [
    [{ consistency: 'hook', hooks: [{}] }, 'invalid_input'],
    [{ hooks: [{ before }] }, 'invalid_input'],
    [{ consistency: 'live', hooks: [{ before }] }, 'invalid_input'],
    [{ consistency: 'freeze' }, 'invalid_input'],
    [{ consistency: 'hook', hooks: [{ before, shell: true }] }, 'invalid_input'],
    [{ consistency: 'hook', hooks: [{ before: 'true' }] }, 'invalid_input'],
    [{ consistency: 'hook', hooks: [{ before, timeoutSeconds: 0 }] }, 'invalid_input'],
  ] as const)
    t.match(await stowage.call('POST', backups, body), { status: 400, body: { code } }, JSON.stringify(body));
  const { key } = await stowage.created('POST', '/v1/tokens', { name: 'op', roles: [{ role: 'operator' }] });
  const authorization = { authorization: `Bearer ${key}` };
  const wish = { consistency: 'hook', hooks: [{ before }] };
  t.match(await stowage.call('POST', backups, wish, authorization), { status: 403, body: { code: 'forbidden' } });
  t.equal((await stowage.get(`/v1/jobs?volume=${volume}`)).items.length, 0, 'nothing was begun');
  await docker.container({ volume, script: 'sleep 600', stopTimeout: 1 });
  const { status, body } = await stowage.call('POST', backups, { consistency: 'pause' }, authorization);
  t.equal(status, 202);
  t.match(await stowage.waitForJob(body.id), { state: 'succeeded' });
});
