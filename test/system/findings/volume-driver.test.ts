import Docker from 'dockerode';
import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { dropContainer, makeVolume, startApp } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { installVolumePlugin } from '../../machinery/volume-plugin.ts';
import { breaks, keeps } from './verdicts.ts';

const volumes = '/v1/hosts/local/volumes';

t.test('a volume whose plugin is switched off is there all the same, and told to be out of reach', async (t) => {
  const docker = testDocker(t);
  const { driver, enable, disable } = await installVolumePlugin(t);
  const stowage = await startStowage(t);
  const [name, plain] = [docker.name('of-plugin'), docker.name('plain')];
  await stowage.created('POST', volumes, { name, driver });
  await makeVolume(plain);
  const app = await startApp(t, { HostConfig: { Mounts: [{ Type: 'volume', Source: name, Target: '/data' }] } });
  await stowage.until(`${volumes}?name=${plain}`, ({ items }) => items.length === 1, 20);
  await stowage.until(`/v1/mounts?volume=${name}`, ({ items }) => items.length === 1, 20);
  await keeps(t, stowage, 'VOL-004', { volume: name });
  await app.stop({ t: 0 });

  await disable();
  const listed = await docker.engine.listVolumes();
  t.notOk(
    listed.Volumes.some(({ Name }) => Name === name),
    'the engine does not list it',
  );
  const finding = await breaks(t, stowage, 'VOL-004', { volume: name });
  t.match(finding, { severity: 'high', evidence: { driver } });
  await keeps(t, stowage, 'VOL-004', { volume: plain });
  t.match(await stowage.get(`${volumes}/${name}`), { name, driver, inUse: true, createdAt: null });
  const history = (await stowage.get(`${volumes}/${name}/history`)).items;
  t.notOk(history.some(({ action }: Answer) => action === 'deleted'));
  const { data } = await stowage.graphql(`{ volume(host: "local", name: "${name}") { driver findings { rule } } }`);
  t.same(data.volume, { driver, findings: [{ rule: 'VOL-004' }] });
  t.match(await stowage.call('DELETE', `${volumes}/${name}?confirm=${name}`), {
    status: 409,
    body: { code: /^volume_(driver_missing|in_use)$/ },
  });
  t.match(await stowage.get('/v1/hosts/local'), { state: 'connected' }, 'nothing else is held up');

  await enable();
  await stowage.until(`/v1/findings/${finding.id}`, ({ state }) => state === 'resolved', 30);
  await dropContainer(app);
  const engine = new Docker({ socketPath: new URL(groundOfTests().dockerHost).pathname });
  await engine.getVolume(name).remove();
  await stowage.until(`${volumes}?name=${name}`, ({ items }) => items.length === 0, 20);
  await disable();
});
