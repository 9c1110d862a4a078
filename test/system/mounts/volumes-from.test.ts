import t from 'tap';
import { type Answer, connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startApp } from '../../machinery/engine-user.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { container, evaluate, rulesOf } from './evaluate.ts';

const socket = new URL(groundOfTests().dockerHost).pathname;

t.test('mounts that are taken over from other containers are judged as far as the caller may see them', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t);
  const ofShop = { Labels: { 'stowage.project': 'shop' } };
  const foreign = docker.name('foreign');
  await stowage.created('POST', '/v1/hosts/local/volumes', { name: foreign, project: 'press' });
  const source = await startApp(t, { ...ofShop, HostConfig: { Binds: [`${socket}:/s`, `${foreign}:/data`] } });
  const name = (await source.inspect()).Name.slice(1);
  const seen = ({ items }: Answer) => items.length === 2;
  await stowage.until(`/v1/mounts?container=${name}`, seen, 20);

  const body = container({ VolumesFrom: [`${name}:ro`] }, ofShop);
  const answer = await evaluate(t, stowage, body);
  t.match(answer, {
    verdict: 'deny',
    complete: true,
    mounts: [
      { target: '/data', volume: foreign, readOnly: true, project: 'press' },
      { target: '/s', source: socket, readOnly: true, propagation: 'rprivate' },
    ],
  });
  t.ok(rulesOf(answer).includes('MNT-001') && rulesOf(answer).includes('VOL-003'), `${rulesOf(answer)}`);
  const beginning = await evaluate(t, stowage, container({ VolumesFrom: [source.id.slice(0, 12)] }, ofShop));
  t.equal(beginning.mounts.length, 2, 'the beginning of an id names it as well');

  const keyFor = async (project: string) =>
    connectClient(
      stowage.address,
      (await stowage.created('POST', '/v1/tokens', { name: project, roles: [{ role: 'viewer', project }] })).key,
    );
  const shop = await evaluate(t, await keyFor('shop'), body);
  t.match(shop.mounts, [{ target: '/s' }]);
  t.match(shop.gaps, [{ about: 'volumes_from', detail: /1 of the mounts/ }, { about: 'paths' }]);
  t.notOk(JSON.stringify(shop).includes(foreign), 'the volume of another project is not named');
  const stranger = await evaluate(t, await keyFor('blog'), container({ VolumesFrom: [name] }));
  t.match(stranger, { mounts: [], gaps: [{ about: 'volumes_from', detail: /no container/ }] });
});
