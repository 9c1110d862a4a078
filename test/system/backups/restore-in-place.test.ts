import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

t.test(
  'N3: containers are stopped for a restore in place and run again; what was stopped or paused stays so',
  async (t) => {
    const docker = testDocker(t);
    const stowage = await startStowage(t);
    const volume = docker.name('used');
    await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(volume, 'echo good > /data/state');
    const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {});
    await docker.run(volume, 'echo bad > /data/state; echo extra > /data/extra');
    const running = await docker.container({ volume, script: 'while :; do sleep 0.1; done', stopTimeout: 1 });
    const paused = await docker.container({ volume, script: 'while :; do sleep 0.1; done', stopTimeout: 1 });
    await paused.pause();
    const stopped = await docker.container({ volume, script: 'exit 0' });
    await stopped.wait();

    const job = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
      snapshot: result.snapshot,
      inPlace: true,
      confirm: volume,
    });
    t.equal(job.state, 'succeeded', job.error?.detail);
    t.equal(job.result.stoppedContainers.length, 2);
    t.ok(job.result.outageSeconds > 0);
    t.equal(await docker.run(volume, 'cat /data/state; ls /data'), 'good\nstate\n');
    t.equal((await running.inspect()).State.Status, 'running');
    t.equal((await paused.inspect()).State.Status, 'paused');
    t.equal((await stopped.inspect()).State.Status, 'exited');

    const undo = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
      snapshot: job.result.safetySnapshot,
      inPlace: true,
      confirm: volume,
    });
    t.equal(undo.state, 'succeeded', undo.error?.detail);
    t.equal(
      await docker.run(volume, 'cat /data/state; ls /data'),
      'bad\nextra\nstate\n',
      'what was there can be brought back',
    );
  },
);

t.test(
  'N2, N30: a restore in place goes on after kill -9 of the control plane, and its containers run again',
  async (t) => {
    const docker = testDocker(t);
    const first = await startStowage(t);
    const volume = docker.name('torn');
    await first.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await docker.run(
      volume,
      'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done; sha256sum f? > sums',
    );
    const { result } = await first.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}, 60);
    await docker.run(volume, 'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done');
    const user = await docker.container({ volume, script: 'while :; do sleep 0.1; done', stopTimeout: 1 });
    const job = await first.accepted('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
      snapshot: result.snapshot,
      inPlace: true,
      confirm: volume,
    });
    await first.until(`/v1/jobs/${job.id}`, ({ progress }) => progress?.step === 'before_restore');
    t.equal((await user.inspect()).State.Running, false, 'the container is stopped');
    const helpers = await docker.helpersOf(job.id);
    t.ok(
      helpers.every(({ Labels }) => Labels['stowage.restart']?.includes(user.id)),
      'each helper carries the note of what must run again',
    );
    await first.kill();

    const second = await startStowage(t, { database: first.database, state: first.state });
    const done = await second.until(`/v1/jobs/${job.id}`, ({ finishedAt }) => finishedAt !== null, 120);
    t.equal(done.state, 'succeeded', done.error?.detail);
    t.equal((await user.inspect()).State.Running, true, 'the container runs again');
    t.match(await docker.run(volume, 'cd /data; sha256sum -c sums'), /f4: OK/);
  },
);

t.test('a canceled restore in place is undone, and its containers run again', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const volume = docker.name('canceled');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done');
  const { result } = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}, 60);
  await docker.run(
    volume,
    'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done; sha256sum f? > sums',
  );
  const user = await docker.container({ volume, script: 'while :; do sleep 0.1; done', stopTimeout: 1 });
  const job = await stowage.accepted('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
    snapshot: result.snapshot,
    inPlace: true,
    confirm: volume,
  });
  await docker.pauseHelper(job.id, 'restore');
  await stowage.post(`/v1/jobs/${job.id}/cancel`, {});
  const done = await stowage.until(`/v1/jobs/${job.id}`, ({ finishedAt }) => finishedAt !== null, 60);
  t.equal(done.state, 'canceled', done.error?.detail);
  t.equal((await user.inspect()).State.Running, true, 'the container runs again');
  t.match(
    await docker.run(volume, 'cd /data; sha256sum -c sums'),
    /f4: OK/,
    'the volume is as it was before the restore',
  );
});

t.test('after the loss of the database, the note on a helper brings the containers back', async (t) => {
  const docker = testDocker(t);
  const first = await startStowage(t);
  const volume = docker.name('lost');
  await first.created('POST', '/v1/hosts/local/volumes', { name: volume });
  await docker.run(volume, 'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done');
  const { result } = await first.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}, 60);
  await docker.run(volume, 'cd /data; for n in 1 2 3 4; do head -c 60000000 /dev/urandom > f$n; done');
  const user = await docker.container({ volume, script: 'while :; do sleep 0.1; done', stopTimeout: 1 });
  const job = await first.accepted('POST', `/v1/hosts/local/volumes/${volume}/restores`, {
    snapshot: result.snapshot,
    inPlace: true,
    confirm: volume,
  });
  await first.until(`/v1/jobs/${job.id}`, ({ progress }) => progress?.step === 'before_restore');
  await first.kill();
  t.equal((await user.inspect()).State.Running, false, 'the container is stopped');

  await startStowage(t, { state: first.state });
  await t.resolves(
    docker.until(async () => (await user.inspect()).State.Running && (await docker.helpersOf(job.id)).length === 0, 60),
  );
});
