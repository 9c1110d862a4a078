import t from 'tap';
import { commonGrants } from '../../../src/access/common-grants.ts';
import { worthOf } from '../../../src/access/key-chain.ts';
import type { Grant } from '../../../src/access/roles.ts';

const on = (role: Grant['role'], project: string | null = null): Grant => ({ role, project });

t.test('two lists have in common what both give', async (t) => {
  const table: [Grant[], Grant[], Grant[]][] = [
    [[], [on('admin')], []],
    [[on('admin')], [on('admin')], [on('admin')]],
    [[on('admin')], [on('viewer', 'a')], [on('viewer', 'a')]],
    [[on('viewer', 'a')], [on('admin')], [on('viewer', 'a')]],
    [[on('operator')], [on('viewer', 'a')], [on('viewer', 'a')]],
    [[on('operator', 'a')], [on('viewer')], [on('viewer', 'a')]],
    [[on('operator', 'a')], [on('operator', 'b')], []],
    [[on('auditor')], [on('admin', 'a')], [on('auditor', 'a')]],
    [[on('auditor')], [on('operator')], []],
    [[on('admin', 'a')], [on('viewer', 'a'), on('auditor', 'a')], [on('viewer', 'a'), on('auditor', 'a')]],
    [[on('viewer'), on('admin', 'a')], [on('operator', 'a')], [on('viewer', 'a'), on('operator', 'a')]],
  ];
  for (const [one, other, common] of table) {
    const what = `${JSON.stringify(one)} and ${JSON.stringify(other)}`;
    t.same(commonGrants(one, other), common, what);
    t.same(
      new Set(commonGrants(other, one).map((grant) => JSON.stringify(grant))),
      new Set(common.map((grant) => JSON.stringify(grant))),
      `${what}, the other way round`,
    );
  }
});

t.test('a key is worth what the keys that it hangs on leave of it', async (t) => {
  const link = (subject: string, limits: Grant[] | null = null) => ({ subject, limits });
  const grants = new Map<string, Grant[]>([
    ['service:ci', [on('operator')]],
    ['user:x|a', [on('viewer', 'a'), on('operator', 'b')]],
    ['key:made', [on('admin', 'a')]],
  ]);
  const worth = (chain: ReturnType<typeof link>[], anchor: string | null = null) => worthOf(chain, anchor, grants);
  t.same(worth([link('service:ci')]), [on('operator')]);
  t.same(worth([link('service:ci', [on('viewer', 'a')])]), [on('viewer', 'a')]);
  t.same(worth([link('service:ci', [on('admin')])]), [on('operator')], 'no more than the subject has');
  t.same(worth([link('service:ci'), link('service:ci', [on('viewer', 'a')])]), [on('viewer', 'a')]);
  t.same(worth([link('service:ci', [on('operator')]), link('service:ci', [on('viewer', 'a')])]), [on('viewer', 'a')]);
  t.same(worth([link('key:made')], 'user:x|a'), [on('viewer', 'a')], 'no more than its maker has');
  t.same(worth([link('key:made')], 'user:x|gone'), []);
  t.same(worth([link('key:made'), link('service:ci')]), [on('operator', 'a')]);
  t.same(worth([link('key:unknown')]), []);
});
