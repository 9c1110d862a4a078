import { readFile } from 'node:fs/promises';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const page = await readFile(new URL('../../../docs/recovery.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);

t.test('the commands of the page bring a volume back with plain restic alone', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const repository = docker.name('repository');
  const volume = docker.name('orders');
  await stowage.created('POST', '/v1/repositories', { name: 'safe', volume: repository });
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: volume, project: 'shop' });
  await docker.run(
    volume,
    'cd /data; echo text > important.txt; chown 70:80 important.txt; chmod 0640 important.txt; mkdir -m 0700 d; ln -s d l; chown 999:999 .; chmod 0711 .',
  );
  const backup = await stowage.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, { repository: 'safe' });
  t.equal(backup.state, 'succeeded', backup.error?.detail);
  const { password } = await stowage.post('/v1/repositories/safe/password', {});
  await stowage.stop();

  const commands = blocks.join('\n').replaceAll('/orders', `/${volume}`);
  t.ok(blocks.length >= 4, 'the page has its commands');
  const output = await docker.run(
    repository,
    `set -e; export REPOSITORY=/data PASSWORD='${password}' VOLUME_FOLDER=/tmp/volume; mkdir /tmp/volume
     ${commands}
     cd /tmp/volume; stat -c '%n %a %u:%g' . important.txt d; readlink l`,
  );
  t.match(output, backup.result.snapshot.slice(0, 8));
  t.match(output, /project=shop/);
  t.match(output, /no errors were found/);
  t.ok(output.endsWith('. 711 999:999\nimportant.txt 640 70:80\nd 700 0:0\nd\n'), output);
});
