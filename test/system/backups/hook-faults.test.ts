import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage, startStowage } from '../../machinery/stowage.ts';
import { written } from './written.ts';

t.test('a hook that hangs is killed with all that it has started', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  const one = await docker.container({ volume, script: 'sleep 600' });
  const script = '(sleep 4321; :) & setsid sleep 4322 & trap "" TERM INT; sleep 4323; sleep 4324';
  const hook = { before: ['sh', '-c', script], timeoutSeconds: 2 };
  t.match(await stowage.finished('POST', backups, { consistency: 'hook', hooks: [hook] }), {
    state: 'failed',
    error: { code: 'hook_failed', detail: /did not end within 2 s and was killed/ },
  });
  const { Processes } = await one.top({ ps_args: '-o pid,args' });
  t.same(
    Processes.filter((columns: string[]) => columns.join(' ').includes('sleep 43')),
    [],
    'nothing of it is left',
  );
  t.match((await one.inspect()).State, { Status: 'running' }, 'the container itself runs');
});

t.test("a hook's own time is no stall", async (t) => {
  const stowage = await startStowage(t, { env: { STOWAGE_JOB_STALL_SECONDS: '10', STOWAGE_JOB_ATTEMPTS: '1' } });
  const { docker, volume, backups } = await written(t, stowage);
  await docker.container({ volume, script: 'sleep 600' });
  const hook = { before: ['sleep', '14'], after: ['sleep', '14'], timeoutSeconds: 30 };
  const job = await stowage.finished('POST', backups, { consistency: 'hook', hooks: [hook] });
  t.match(job, { state: 'succeeded' }, job.error?.detail);
});

t.test('hooks of a group over several projects are refused, not left out', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const composeProject = docker.name('shop');
  const label = { 'com.docker.compose.project': composeProject };
  const [volume = ''] = await Promise.all(
    ['red', 'blue'].map(async (project) => {
      const name = docker.name(project);
      await stowage.created('POST', '/v1/hosts/local/volumes', { name, labels: label, project });
      return name;
    }),
  );
  const labels = { ...label, 'stowage.project': 'red', 'stowage.hook.before': 'true' };
  const container = await docker.container({ volume, script: 'sleep 600', labels });
  const path = `/v1/hosts/local/compose-projects/${composeProject}/backups`;
  t.match(await stowage.call('POST', path, { consistency: 'stop', hooks: [{ before: ['true'] }] }), {
    status: 400,
    body: { code: 'invalid_input', detail: /several projects \(blue, red\)/ },
  });
  t.match(await stowage.finished('POST', path, { consistency: 'pause' }), {
    state: 'failed',
    error: { code: 'hook_failed', detail: /which is of project "red"/ },
  });
  t.match((await container.inspect()).State, { Status: 'running' });
});

t.test('to retry a job with hooks asks for what making it asks for', async (t) => {
  const { docker, stowage, volume, backups } = await written(t);
  await docker.container({ volume, script: 'sleep 600' });
  const failed = await stowage.finished('POST', backups, { consistency: 'hook', hooks: [{ before: ['false'] }] });
  t.match(failed, { state: 'failed' });
  const { key } = await stowage.created('POST', '/v1/tokens', { name: 'op', roles: [{ role: 'operator' }] });
  const retry = (headers = {}) => stowage.call('POST', `/v1/jobs/${failed.id}/retry`, {}, headers);
  t.match(await retry({ authorization: `Bearer ${key}` }), {
    status: 403,
    body: { code: 'forbidden', detail: /role admin/ },
  });
  t.match(await retry(), { status: 202, body: { retryOf: failed.id } });
});
