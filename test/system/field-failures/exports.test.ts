import t from 'tap';
import { connectClient } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

t.test('N22: who only lists volumes reads no content of theirs, and nobody but an admin a password', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('secret');
  await stowage.created('POST', volumes, { name: volume });
  const { result } = await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
  const { key } = await stowage.created('POST', '/v1/tokens', { name: 'desk', roles: [{ role: 'viewer' }] });
  const desk = connectClient(stowage.address, key);
  t.equal((await desk.call('GET', `${volumes}/${volume}`)).status, 200);
  const forbidden = { status: 403, body: { code: 'forbidden' } };
  for (const path of ['entries', 'file?path=/x', 'archive'])
    t.match(await desk.call('GET', `/v1/snapshots/${result.snapshot}/${path}`), forbidden, path);
  t.match(await desk.call('POST', '/v1/repositories/default/password', {}), forbidden);
});

t.test('N32: an export that cannot be is refused with a code, a sentence and what it is about', async (t) => {
  const stowage = await sharedStowage();
  const { status, body, headers } = await stowage.call('GET', '/v1/snapshots/deadbeef/archive');
  t.match(
    { status, body },
    { status: 404, body: { code: 'snapshot_not_found', detail: /deadbeef/, requestId: String } },
  );
  t.match(headers.get('content-type'), 'application/problem+json');
});
