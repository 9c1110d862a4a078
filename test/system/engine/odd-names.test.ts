import t from 'tap';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';

const odd = ['..', '../..', '../../etc', 'a/../../b', '/etc', 'a//b', '//other.example/x', '../containers/json'];

t.test('no name leads the question for an object to another address of the engine', async (t) => {
  const stowage = await startStowage(t);
  const host = '/v1/hosts/local';
  const of = (kind: string, name: string, rest = '') => `${host}/${kind}/${encodeURIComponent(name)}${rest}`;
  for (const name of odd) {
    const calls = [
      ['GET', of('volumes', name)],
      ['PATCH', of('volumes', name), { class: 'cache' }],
      ['POST', of('volumes', name, '/backups'), {}],
      ['POST', of('volumes', name, '/undelete'), {}],
      ['POST', of('volumes', name, '/archive-imports'), { path: 'x.tar', into: 'ab' }],
      ['GET', of('containers', name)],
      ['POST', of('containers', name, '/change-scans'), {}],
      ['POST', of('databases', name, '/restores'), { snapshot: 'deadbeef', confirm: name }],
      ['GET', of('images', name)],
      ['POST', '/v1/snapshots/deadbeef/restores', { host: 'local', into: name }],
    ] as const;
    for (const [method, path, body] of calls) {
      const { status } = await stowage.call(method, path, body);
      t.ok(status === 404 || status === 400, `${method} ${path}: ${status}`);
    }
    const container = { Image: name, User: '1000', HostConfig: {} };
    const evaluation = await stowage.call('POST', '/v1/mount-evaluations', { container });
    t.match(evaluation, { status: 200, body: { gaps: [{ about: 'image' }] } }, `an image "${name}"`);
  }
  t.match(await stowage.get(host), { name: 'local' }, 'the server lives');
});

t.test('an image is still found by a reference with slashes', async (t) => {
  const stowage = await startStowage(t);
  const { helperImage } = groundOfTests();
  const container = { Image: helperImage, HostConfig: {} };
  t.match(await stowage.post('/v1/mount-evaluations', { container }), { host: 'local' });
});
