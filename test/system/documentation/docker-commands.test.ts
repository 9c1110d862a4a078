import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const run = promisify(execFile);
const page = await readFile(new URL('../../../docs/docker-commands.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

/** Waits until no job is queued or running. */
const waitForJobs = `wait_for_jobs() {
  for state in queued running; do
    while ! curl -sfH "$KEY" "$API/jobs?state=$state&limit=1" | grep -q '"items":\\[\\]'; do sleep 0.2; done
  done
}`;

/** Commands of the tutorial that the page must speak of. */
const commands = [
  'docker volume ls --filter dangling=true',
  'docker volume ls --filter label=project=webapp',
  'docker ps -a --filter volume=mydata',
  'docker system df -v',
  'docker system prune',
  'docker system prune -a',
  'docker volume prune',
  'docker volume create',
  'docker volume rm',
  'tar czf /backup/mydata-backup.tar.gz -C /source .',
  'tar xzf /backup/mydata-backup.tar.gz -C /target',
  'docker stats',
];

t.test('every command of the tutorial has its call', async (t) => {
  for (const command of commands) t.match(page, command);
});

t.test('the examples of the page do what it says', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const folder = await mkdtemp(join(groundOfTests().folder, 'commands-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  docker.willRemoveVolume('mydata');
  docker.willRemoveVolume('webapp-old');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: 'mydata' });
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: 'webapp-old', labels: { project: 'webapp' } });
  const app = await docker.container({ volume: 'mydata', script: 'echo x > /written; sleep 600', stopTimeout: 1 });
  await app.rename({ name: 'mydata-app' });
  await stowage.until('/v1/mounts?volume=mydata', ({ items }) => items.length === 1);
  await stowage.until('/v1/hosts/local/containers?volume=mydata', ({ items }) => items[0]?.name === 'mydata-app');

  const env = {
    PATH: process.env['PATH'],
    API: `${stowage.address}/v1`,
    KEY: `Authorization: Bearer ${stowage.adminKey}`,
  };
  for (const block of blocks('sh')) {
    const script = `set -euo pipefail\n${waitForJobs}\n${block}`;
    await t.resolves(run('bash', ['--norc', '-c', script], { env, cwd: folder, timeout: 120_000 }), block);
  }
  for (const block of blocks('graphql')) {
    const { data, errors } = await stowage.graphql(block);
    t.same(errors, undefined);
    t.match(data, {
      volumes: { items: [{ name: 'mydata', inUse: true, mounts: [{ mountedBy: { name: 'mydata-app' } }] }] },
    });
  }
  t.notOk(await docker.volumeExists('webapp-old'), 'the plan was applied');
  t.ok(await docker.volumeExists('mydata'), 'and took nothing else');
  const { items: jobs } = await stowage.get('/v1/jobs?state=failed');
  t.same(jobs, []);
});
