import t from 'tap';
import { administersAll, projectOfGrants, requireGrantable } from '../../../src/access/grantable.ts';
import { type Actor, type Grant, type ProjectScope, reaches, scopeOf } from '../../../src/access/roles.ts';

const on = (role: Grant['role'], project: string | null = null): Grant => ({ role, project });
const actorWith = (...grants: Grant[]): Actor => ({ subject: 'key:x', name: 'x', grants });

t.test('a role gives permissions, where it was given', async (t) => {
  const table: [Grant[], Record<'read' | 'inspect' | 'operate' | 'administer' | 'audit', ProjectScope>][] = [
    [[], { read: [], inspect: [], operate: [], administer: [], audit: [] }],
    [[on('viewer')], { read: 'all', inspect: 'all', operate: [], administer: [], audit: [] }],
    [[on('operator', 'a')], { read: ['a'], inspect: ['a'], operate: ['a'], administer: [], audit: [] }],
    [[on('admin', 'a')], { read: ['a'], inspect: ['a'], operate: ['a'], administer: ['a'], audit: ['a'] }],
    [[on('auditor')], { read: [], inspect: 'all', operate: [], administer: [], audit: 'all' }],
    [[on('admin')], { read: 'all', inspect: 'all', operate: 'all', administer: 'all', audit: 'all' }],
    [
      [on('viewer'), on('admin', 'a'), on('admin', 'a')],
      { read: 'all', inspect: 'all', operate: ['a'], administer: ['a'], audit: ['a'] },
    ],
    [
      [on('viewer', 'a'), on('operator', 'b')],
      { read: ['a', 'b'], inspect: ['a', 'b'], operate: ['b'], administer: [], audit: [] },
    ],
  ];
  for (const [grants, scopes] of table)
    for (const [permission, scope] of Object.entries(scopes))
      t.same(
        scopeOf(actorWith(...grants), permission as keyof typeof scopes),
        scope,
        `${permission} of ${JSON.stringify(grants)}`,
      );
});

t.test('what belongs to no project is reached from everywhere only', async (t) => {
  t.ok(reaches('all', null));
  t.ok(reaches('all', 'a'));
  t.ok(reaches(['a'], 'a'));
  t.notOk(reaches(['a'], 'b'));
  t.notOk(reaches(['a'], null));
  t.notOk(reaches([], 'a'));
});

t.test('nobody gives more than they have', async (t) => {
  const table: [Grant[], Grant[], boolean][] = [
    [[on('admin')], [on('admin'), on('viewer', 'a')], true],
    [[on('admin', 'a')], [on('admin', 'a'), on('auditor', 'a')], true],
    [[on('admin', 'a')], [on('viewer', 'b')], false],
    [[on('admin', 'a')], [on('viewer')], false],
    [[on('admin', 'a')], [on('viewer', 'a'), on('viewer')], false],
    [[on('admin', 'a'), on('admin', 'b')], [on('viewer', 'a'), on('admin', 'b')], true],
    [[on('admin', 'a'), on('operator')], [on('viewer')], false],
    [[on('operator')], [on('viewer', 'a')], false],
    [[on('auditor')], [on('auditor')], false],
    [[], [on('viewer', 'a')], false],
  ];
  for (const [own, given, allowed] of table) {
    const give = () => requireGrantable(actorWith(...own), given);
    const what = `${JSON.stringify(own)} gives ${JSON.stringify(given)}`;
    if (allowed) t.doesNotThrow(give, what);
    else t.throws(give, { code: 'forbidden' }, what);
  }
});

t.test('a key belongs to who administers all that it can do', async (t) => {
  const table: [Grant[], Grant[], boolean, string | null][] = [
    [[on('admin')], [], true, null],
    [[on('admin', 'a')], [], false, null],
    [[on('admin')], [on('viewer', 'a')], true, 'a'],
    [[on('admin')], [on('viewer', 'a'), on('viewer', 'b')], true, null],
    [[on('admin', 'a')], [on('viewer', 'a'), on('admin', 'a')], true, 'a'],
    [[on('admin', 'a')], [on('viewer', 'a'), on('viewer', 'b')], false, null],
    [[on('admin', 'a'), on('admin', 'b')], [on('viewer', 'b'), on('viewer', 'a')], true, 'b'],
    [[on('operator', 'a')], [on('viewer', 'a')], false, null],
  ];
  for (const [own, grants, isOwn, project] of table) {
    const what = `${JSON.stringify(own)} and ${JSON.stringify(grants)}`;
    t.equal(administersAll(actorWith(...own), grants), isOwn, what);
    t.equal(projectOfGrants(actorWith(...own), grants), project, `project of ${what}`);
  }
});
