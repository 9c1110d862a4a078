import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { sealAudit } from '../../../src/access/audit-seals.ts';
import { type Stowage, startStowage } from '../../machinery/stowage.ts';
import { openAccessPorts } from './access-ports.ts';
import { newCaller } from './callers.ts';

const audit = '/v1/audit-events';
const verifier = new URL('../../../setup/verify-audit.ts', import.meta.url).pathname;

/** What the program says of a file, and whether it found it good. */
function verifyOffline(file: string, ...more: string[]): Promise<{ good: boolean; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [verifier, file, ...more], (error, stdout, stderr) =>
      resolve({ good: error === null, said: `${stdout}${stderr}` }),
    );
  });
}

async function exported({ address }: Stowage, key: string, query = ''): Promise<{ text: string; headers: Headers }> {
  const response = await fetch(`${address}${audit}/file${query}`, { headers: { authorization: `Bearer ${key}` } });
  return { text: await response.text(), headers: response.headers };
}

/** Changes the tables as somebody can who is above their triggers. */
async function tamper({ database }: Stowage, ...statements: string[]): Promise<void> {
  await database.query(['set session_replication_role = replica', ...statements].join(';'));
}

/** Runs `work`, and puts the audit back as it was. */
async function undone(stowage: Stowage, work: () => Promise<void>): Promise<void> {
  await stowage.database.query('create table saved as select * from audit_events');
  await stowage.database.query('create table saved_seals as select * from audit_seals');
  await work();
  await tamper(stowage, 'delete from audit_events', 'insert into audit_events select * from saved');
  await tamper(stowage, 'delete from audit_seals', 'insert into audit_seals select * from saved_seals');
  await stowage.database.query('drop table saved, saved_seals');
}

t.test('the chain of the audit', async (t) => {
  const stowage = await startStowage(t);
  const { database, state } = stowage;
  const ports = await openAccessPorts(t, { database, state });
  const operator = await newCaller(stowage, [{ role: 'operator', project: 'shop' }]);
  const auditorOfShop = await newCaller(stowage, [{ role: 'auditor', project: 'shop' }]);
  const verified = () => stowage.get(`${audit}/verification`);
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

  await t.test('does not fork when replicas write at once, of which one is killed', async (t) => {
    const second = await startStowage(t, { database, state, roles: 'api' });
    const calls = Array.from({ length: 60 }, async (_, number) => {
      const replica = number % 2 === 0 ? stowage : second;
      // Good, failed and refused calls, also of nobody.
      const headers = {
        authorization:
          number % 3 === 0 ? `Bearer ${operator.key}` : number % 3 === 1 ? null : `Bearer ${stowage.adminKey}`,
      };
      const body = { name: number % 4 === 0 ? '' : `k${number}`, roles: [{ role: 'viewer', project: 'shop' }] };
      if (number === 40) await second.kill();
      await replica.call('POST', '/v1/tokens', body, headers).catch(() => undefined);
    });
    await Promise.all(calls);
    const report = await verified();
    t.match(report, { isIntact: true, faultCount: 0, faults: [] });
    const rows = await database.query('select id, outcome from audit_events order by id');
    t.same(
      rows.map(({ id }: { id: string }) => Number(id)),
      rows.map((_: unknown, index: number) => index + 1),
      'numbered without gaps',
    );
    t.equal(report.events, rows.length);
    t.same(new Set(rows.map(({ outcome }: { outcome: string }) => outcome)), new Set(['ok', 'failed', 'refused']));
    const { data } = await stowage.graphql('{ auditVerification { isIntact events newestHash } }');
    t.same(data.auditVerification, { isIntact: true, events: report.events, newestHash: report.newestHash });
    t.equal(await auditorOfShop.code('GET', `${audit}/verification`), 'forbidden');
  });

  await t.test('is only added to', async (t) => {
    for (const statement of [
      "update audit_events set actor = 'x'",
      'update audit_events set actor = actor where false',
      'delete from audit_events',
      'truncate audit_events',
      'delete from audit_seals',
    ])
      await t.rejects(database.query(statement), /append-only/, statement);
    const forged =
      "insert into audit_events (id, at, operation, outcome, target, request_id, via, hash) values (1, '2000-01-01', 'x', 'ok', '{}', 'x', 'x', 'x')";
    await database.query(forged);
    t.match(await verified(), { isIntact: true });
    const [row] = await database.query(
      "select at > now() - interval '1 minute' as fresh, id > 1 as added from audit_events where operation = 'x'",
    );
    t.same(row, { fresh: true, added: true }, 'neither number nor time nor hash can be chosen');
  });

  await t.test('goes out as JSON Lines, which are verified without Stowage', async (t) => {
    await newCaller(stowage, [{ role: 'viewer', project: 'shop' }], { name: 'Ü\u{1f600} "\\\u2028' });
    const { text, headers } = await exported(stowage, stowage.adminKey);
    t.match(headers.get('content-disposition'), /attachment; filename="audit-.*\.jsonl"/);
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    t.same(events.toReversed(), (await stowage.get(`${audit}?limit=500`)).items);
    const file = join(state, 'audit.jsonl');
    const check = async (content: string, ...more: string[]) => {
      await writeFile(file, content);
      return await verifyOffline(file, ...more);
    };
    t.match(await check(text), { good: true, said: new RegExp(`^Intact: ${events.length} events`) });
    const lines = text.split(/(?<=\n)/);
    t.match(await check(lines.toSpliced(3, 1).join('')), { good: false, said: /does not follow/ });
    t.match(await check(text.replace('"outcome":"refused"', '"outcome":"ok"')), {
      good: false,
      said: /not as it was written/,
    });
    t.match(await check([lines[1], lines[0], ...lines.slice(2)].join('')), { good: false, said: /does not follow/ });
    t.match(await check(`${text}{"id":"1"}\n`), { good: false, said: /is no audit event/ });

    const shop = await exported(stowage, auditorOfShop.key);
    t.ok(
      shop.text
        .trimEnd()
        .split('\n')
        .every((line) => JSON.parse(line).project === 'shop'),
    );
    t.match(await check(shop.text, '--part'), { good: true, said: /gaps/ });
    t.equal((await exported(stowage, stowage.adminKey, '?outcome=failed&operation=nothing')).text, '');
    t.equal(await operator.code('GET', `${audit}/file`), 'forbidden');
    await rm(file);
  });

  await t.test('tells what was changed, removed, inserted, cut off or written anew', async (t) => {
    await sealAudit(ports, inMinutes(2));
    await sealAudit(ports, inMinutes(2));
    const { sealedEvent, events } = await verified();
    t.equal(Number(sealedEvent), events, 'the newest event is sealed');
    // One that the process itself made meanwhile would be a second fault of some cases.
    await tamper(stowage, `delete from audit_seals where event_id < ${sealedEvent}`);
    const found = async () => {
      const { isIntact, faults } = await verified();
      return isIntact ? [] : faults.map(({ event, kind }: { event: string; kind: string }) => `${event} ${kind}`);
    };
    const cases: [string, string[], string[]][] = [
      ['changed', ["update audit_events set actor = 'nobody' where id = 5"], ['5 changed']],
      ['a target', [`update audit_events set target = '{"name": "other"}' where id = 5`], ['5 changed']],
      ['removed', ['delete from audit_events where id = 5'], ['6 unlinked']],
      [
        'moved',
        [
          'update audit_events set id = -1 where id = 5',
          'update audit_events set id = 5 where id = 6',
          'update audit_events set id = 6 where id = -1',
        ],
        ['5 unlinked', '5 changed', '6 unlinked', '6 changed', '7 unlinked'],
      ],
      ['the first', ['delete from audit_events where id = 1'], ['2 unlinked']],
      ['cut off', [`delete from audit_events where id = ${sealedEvent}`], [`${sealedEvent} missing`]],
      [
        'written anew',
        [
          "update audit_events set actor = 'nobody' where id = 5",
          `do $$ declare e audit_events; p bytea; begin
             select hash into p from audit_events where id = 4;
             for e in select * from audit_events where id >= 5 order by id loop
               e.previous := p; p := audit_event_hash(e);
               update audit_events set previous = e.previous, hash = p where id = e.id;
             end loop; end $$`,
        ],
        [`${sealedEvent} rewritten`],
      ],
      [
        'a seal',
        [`update audit_seals set mac = sha256('x') where event_id = ${sealedEvent}`],
        [`${sealedEvent} forged`],
      ],
    ];
    for (const [what, statements, faults] of cases)
      await undone(stowage, async () => {
        await tamper(stowage, ...statements);
        t.same(await found(), faults, what);
      });
    t.same(await found(), [], 'put back, it is intact again');
  });
});

t.test('events from before the chain are linked by its migration', async (t: Test) => {
  const ports = await openAccessPorts(t);
  const folder = new URL('../../../prisma/migrations/20261126030002_audit_chain/', import.meta.url);
  const sql = await readFile(new URL('migration.sql', folder), 'utf8');
  await ports.database.query(`drop table audit_events, audit_seals cascade;
    drop function audit_event_append, audit_refuse_change, audit_part;
    create table audit_events (id bigserial primary key, at timestamptz(3) not null default now(), actor text, operation text not null,
      outcome text not null, code text, target jsonb not null, project text, request_id text not null, via text not null);
    insert into audit_events (operation, outcome, target, request_id, via) select 'x', 'ok', '{"b": "1", "a": "2"}', 'r', 'rest' from generate_series(1, 50);
    delete from audit_events where id = 7`);
  await ports.database.query(sql);
  const { verifyAudit } = await import('../../../src/access/verify-audit.ts');
  t.match(await verifyAudit(ports), { isIntact: true, events: 49 });
});
