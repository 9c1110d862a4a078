import t from 'tap';
import { written } from './written.ts';

t.test('a container that shares the network of another is started after it', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const script = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
  const owner = await docker.container({ volume, script });
  const others = [];
  for (let n = 0; n < 3; n += 1)
    others.push(await docker.container({ volume, script, hostConfig: { NetworkMode: `container:${owner.id}` } }));
  const job = await stowage.finished('POST', backups, { consistency: 'stop' });
  t.match(job, { state: 'succeeded' }, job.error?.detail);
  t.equal(job.result.stoppedContainers.length, 4);
  const { StartedAt } = (await owner.inspect()).State;
  for (const other of others) {
    const { State } = await other.inspect();
    t.match(State, { Status: 'running' });
    t.ok(State.StartedAt > StartedAt);
  }
});
