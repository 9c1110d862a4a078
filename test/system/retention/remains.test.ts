import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';

t.test('of a volume that is gone only the last snapshot goes, when its time is over; its backups stay', async (t) => {
  const docker = testDocker(t);
  const stowage = await startStowage(t, { env: { STOWAGE_RETENTION_SECONDS: '2' } });
  const [gone, held] = [docker.name('gone'), docker.name('held')];
  for (const volume of [gone, held]) {
    await stowage.created('POST', volumes, { name: volume, project: 'shop' });
    await docker.run(volume, 'echo data > /data/file');
    await stowage.finished('POST', `${volumes}/${volume}/backups`, {});
    const deleted = await stowage.finished('DELETE', `${volumes}/${volume}?confirm=${volume}`);
    t.match(deleted, { state: 'succeeded', result: { snapshot: String } });
  }
  const of = async (volume: string) => (await stowage.get(`/v1/snapshots?volume=${volume}`)).items;
  const reasons = async (volume: string) => (await of(volume)).map(({ reason }: Answer) => reason);
  t.same(await reasons(gone), ['before_delete', 'backup']);
  const [{ id: kept }] = await of(held);
  await stowage.created('POST', `/v1/snapshots/${kept}/holds`, { reason: 'for the auditors' });

  const age = (days: number) =>
    stowage.database.query(`update snapshots set taken_at = taken_at - interval '${days} days'`);
  await age(6);
  // The next volume is in the same list: when its job has come and gone, the others were looked at.
  const probe = async (word: string) => {
    const volume = docker.name(word);
    await stowage.created('POST', volumes, { name: volume, project: 'shop' });
    await stowage.finished('DELETE', `${volumes}/${volume}?confirm=${volume}`);
    await stowage.database.query(
      `update snapshots set taken_at = now() - interval '30 days' where volume = '${volume}'`,
    );
    await stowage.database.query(
      `update deleted_volumes set expires_at = now() - interval '1 day' where name = '${volume}'`,
    );
    await stowage.until(`/v1/snapshots?volume=${volume}`, ({ items }) => items.length === 0, 60);
  };
  await probe('first-probe');
  t.same(await reasons(gone), ['before_delete', 'backup'], 'it can be brought back still');

  await age(2);
  await stowage.database.query(`update deleted_volumes set expires_at = now() - interval '1 day'`);
  await stowage.until(`/v1/snapshots?volume=${gone}`, ({ items }) => items.length === 1, 60);
  t.same(await reasons(gone), ['backup']);
  await probe('second-probe');
  t.same(await reasons(held), ['before_delete', 'backup'], 'what is held stays');
});
