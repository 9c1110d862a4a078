import t from 'tap';
import type { Answer } from '../../machinery/api-client.ts';
import { testDocker } from '../../machinery/docker.ts';
import { sharedStowage } from '../../machinery/stowage.ts';

const volumes = '/v1/hosts/local/volumes';
const [folders, each] = [40, 3_000];
const all = 1 + folders + folders * each;
/** In each folder one file that others cannot read; one folder that they cannot enter. */
const fill = `perl -e 'for $d (1..${folders}) { mkdir "/data/$d"; for (1..${each}) { open F, ">", "/data/$d/$_" or die }; chmod 0600, "/data/$d/1" } chmod 0700, "/data/7"'`;

t.test('many entries, which two processes look at, are all counted, and no more than were asked for', async (t) => {
  const docker = testDocker(t);
  const stowage = await sharedStowage();
  const volume = docker.name('many');
  await stowage.created('POST', volumes, { name: volume });
  await docker.run(volume, fill);
  const check = async (wish: object) => {
    const job = await stowage.finished('POST', `${volumes}/${volume}/permission-checks`, {
      subjects: [{ user: '1000:1000' }, { user: '1001:1001' }],
      ...wish,
    });
    t.equal(job.state, 'succeeded');
    return await stowage.get(`/v1/permission-checks/${job.id}`);
  };

  const { entries, complete, vanished, consumers } = await check({});
  t.same({ entries, complete, vanished }, { entries: all, complete: true, vanished: 0 });
  for (const { access } of consumers) {
    const of = (wanted: string) => access.find(({ action }: Answer) => action === wanted);
    t.match(of('list'), { allowed: folders, denied: 1 });
    t.match(of('read'), { allowed: (folders - 1) * (each - 1), denied: each + folders - 1 });
    t.match(of('read').causes.length, 2);
  }
  for (const [limit, isWhole] of [
    [all - 1, false],
    [all, true],
    [all + 1, true],
    [100_000, false],
  ] as const) {
    const { entries: seen, complete: whole } = await check({ entries: limit });
    t.same({ seen, whole }, { seen: Math.min(limit, all), whole: isWhole }, String(limit));
  }
});
