import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import t from 'tap';
import { connectDatabase } from '../../../src/database/client.ts';
import { claimJob } from '../../../src/jobs/claim.ts';
import { requestCancel } from '../../../src/jobs/store.ts';
import { createDatabase } from '../../machinery/database.ts';

t.test('a job that is canceled while a worker takes it is not begun', async (t) => {
  const database = await createDatabase();
  const db = connectDatabase(database.url);
  const other = new pg.Client(database.url);
  await other.connect();
  t.teardown(async () => {
    await other.end();
    await db.$disconnect();
    await database.drop();
  });
  const job = { kind: 'volume_backup', state: 'queued', hostName: 'local', input: {}, requestedBy: 'system' };
  const { id } = await db.job.create({ data: job });
  const locks = [{ resource: 'host/local', slots: 1 }];

  // The cancel has been decided, and is not yet to be seen.
  await other.query('begin');
  await other.query(`update jobs set state = 'canceled', finished_at = now() where id = '${id}'`);
  const claiming = claimJob(db, id, 'worker', locks);
  await sleep(300);
  await other.query('commit');
  t.equal(await claiming, null);
  t.match(await db.job.findUnique({ where: { id } }), { state: 'canceled', attempt: 0, worker: null });
  t.equal(await db.jobLock.count(), 0, 'what it would have held is free');
  t.equal(await db.jobAttempt.count(), 0);

  const next = await db.job.create({ data: job });
  t.not(await claimJob(db, next.id, 'worker', locks), null);
  await requestCancel(db, next.id);
  t.match(await db.job.findUnique({ where: { id: next.id } }), { state: 'running', cancelRequestedAt: Date });
});
