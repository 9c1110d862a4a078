import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { ensureAdminKey } from '../../../src/access/admin-key.ts';
import { hashOf } from '../../../src/access/api-key.ts';
import { checkMasterKey } from '../../../src/access/master-key.ts';
import { groundOfTests } from '../../machinery/ground-environment.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { type AccessPorts, openAccessPorts } from './access-ports.ts';

const keyIn = async ({ state }: AccessPorts) => (await readFile(join(state, 'admin.key'), 'utf8')).trim();
const keyRow = async (ports: AccessPorts) => {
  const row = await ports.db.apiKey.findFirst({ where: { secrets: { some: { hash: hashOf(await keyIn(ports)) } } } });
  const roles = row === null ? [] : await ports.db.roleBinding.findMany({ where: { subject: `key:${row.id}` } });
  return { id: row?.id ?? '', roles: roles.map(({ role, project }) => [role, project]) };
};
const countKeys = ({ db }: AccessPorts) => db.apiKey.count();
const globalAdmin = [['admin', null]];

t.test('the first start makes a key that administers everything', async (t) => {
  const ports = await openAccessPorts(t);
  const { file, created } = await ensureAdminKey(ports);
  t.equal(file, join(ports.state, 'admin.key'));
  t.ok(created);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.same((await keyRow(ports)).roles, globalAdmin);
  t.same((await readdir(ports.state)).sort(), ['admin.key', 'master.key'], 'nothing else is left');
  const key = await keyIn(ports);
  t.same(await ensureAdminKey(ports), { file, created: false });
  t.equal(await keyIn(ports), key);
  t.equal(await countKeys(ports), 1);
});

t.test('processes that start at once make one', async (t) => {
  const one = await openAccessPorts(t);
  const two = await openAccessPorts(t, one);
  const elsewhere = await mkdtemp(join(groundOfTests().folder, 'access-'));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  await copyFile(join(one.state, 'master.key'), join(elsewhere, 'master.key'));
  const three = await openAccessPorts(t, { database: one.database, state: elsewhere });
  const starts = [one, two, three, one, two, three].map((ports) => ensureAdminKey(ports));
  t.equal((await Promise.all(starts)).filter(({ created }) => created).length, 1);
  t.equal(await countKeys(one), 1);
  t.equal(await keyIn(three), await keyIn(one), 'a replica with a state folder of its own has the same file');
});

t.test('a new database learns the key of the file', async (t) => {
  const old = await openAccessPorts(t);
  await ensureAdminKey(old);
  const key = await keyIn(old);
  const fresh = await openAccessPorts(t, { state: old.state });
  t.ok((await ensureAdminKey(fresh)).created);
  t.equal(await keyIn(fresh), key);
  t.same((await keyRow(fresh)).roles, globalAdmin);

  await rm(join(old.state, 'admin.key'));
  t.ok((await ensureAdminKey(fresh)).created, 'when that file is lost as well, a new key is made');
  t.same((await keyRow(fresh)).roles, globalAdmin);
});

t.test('a file that is gone or broken is written again', async (t) => {
  const ports = await openAccessPorts(t);
  const { file } = await ensureAdminKey(ports);
  const key = await keyIn(ports);
  await rm(file);
  t.notOk((await ensureAdminKey(ports)).created);
  t.equal(await keyIn(ports), key);
  await writeFile(file, key.slice(0, 20));
  await chmod(file, 0o644);
  t.notOk((await ensureAdminKey(ports)).created);
  t.equal(await keyIn(ports), key);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.equal(await countKeys(ports), 1);
});

t.test('a key that was revoked is not replaced while somebody else administers', async (t) => {
  const env = { STOWAGE_OIDC_ISSUER: 'https://issuer.example', STOWAGE_OIDC_AUDIENCE: 'stowage' };
  const ports = await openAccessPorts(t, { env });
  const { file } = await ensureAdminKey(ports);
  const { id } = await keyRow(ports);
  const alice = { subject: 'user:https://issuer.example|alice', role: 'admin', createdBy: `key:${id}` };
  await ports.db.roleBinding.create({ data: alice });
  await ports.db.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });

  t.notOk((await ensureAdminKey(ports)).created);
  await rm(file);
  t.notOk((await ensureAdminKey(ports)).created);
  await t.rejects(keyIn(ports), { code: 'ENOENT' }, 'nor written again');

  const withoutIssuer = { ...ports, config: { ...ports.config, oidc: undefined } };
  t.ok((await ensureAdminKey(withoutIssuer)).created, 'users who cannot sign in do not administer');
  t.same((await keyRow(ports)).roles, globalAdmin);
  t.not((await keyRow(ports)).id, id);
});

t.test('a key that nobody can use any more is replaced', async (t) => {
  const ports = await openAccessPorts(t);
  await ensureAdminKey(ports);
  const changes = [
    (id: string) => ports.db.apiKey.update({ where: { id }, data: { revokedAt: new Date() } }),
    (id: string) => ports.db.apiKey.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } }),
    (id: string) => ports.db.roleBinding.deleteMany({ where: { subject: `key:${id}` } }),
  ];
  for (const change of changes) {
    const { id } = await keyRow(ports);
    await change(id);
    t.ok((await ensureAdminKey(ports)).created);
    t.not((await keyRow(ports)).id, id);
    t.same((await keyRow(ports)).roles, globalAdmin);
  }
});

t.test('the master key must be that of the database', async (t) => {
  const ports = await openAccessPorts(t);
  await Promise.all(Array.from({ length: 10 }, () => checkMasterKey(ports)));
  await t.resolves(checkMasterKey(ports));
  const stranger = await openAccessPorts(t, { database: ports.database });
  const file = join(stranger.state, 'master.key');
  await t.rejects(checkMasterKey(stranger), { code: 'master_key_wrong', message: `The key in ${file} is not the one` });
  await t.resolves(checkMasterKey(ports), 'the right one is still right');
});

t.test('a process with another master key does not start', async (t) => {
  const stowage = await startStowage(t);
  await stowage.stop();
  await writeFile(join(stowage.state, 'master.key'), Buffer.alloc(32, 1).toString('base64'));
  await t.rejects(startStowage(t, stowage), /ended with 1 before it was ready/);
});
