import t from 'tap';
import { aclText, parseAcl } from '../../../src/permissions/acl.ts';
import { judgeAccess } from '../../../src/permissions/judge-access.ts';
import { surveyReader } from '../../../src/permissions/survey.ts';

const hex = '0200000001000600ffffffff02000600e803000004000400ffffffff10000400ffffffff20000000ffffffff';
const somebody = { uid: 1000, groups: new Set([1000]), capabilities: new Set<string>(), readOnly: false, mapped: null };

t.test('an ACL is read as the kernel writes it', async (t) => {
  t.same(parseAcl(hex)?.map(aclText), ['user::rw-', 'user:1000:rw-', 'group::r--', 'mask::r--', 'other::---']);
  for (const odd of ['', '00', '0300000001000600ffffffff', '02000000ff000600ffffffff', '020000000100'])
    t.equal(parseAcl(odd), null, odd);
});

t.test('counts of entries that are alike become counts of what can be done, with causes', async (t) => {
  const reader = surveyReader();
  const lines = [
    'top 0 40755 0 0 - -',
    'like 0 1 40755 0 0 -',
    'like 0 1000001 40755 0 0 -',
    'above 0 1 0 1 .',
    'above 0 1000001 0 1000001 .',
    'like 0 2 40700 7 7 -',
    'above 0 2 1 2 closed%20folder',
    'like 0 3 100644 0 0 -',
    `like 0 1000002 100640 0 0 ${hex}`,
    'count 0 0 1 0 1 .',
    'count 0 1 2 1 1 closed%20folder',
    'count 0 2 3 2 5 closed%20folder/a closed%20folder/%FF',
    'count 0 1000001 1000002 1000001 3 b',
    'progress 10',
    'done 0 10 1 2 0',
    'missing 1',
  ];
  for (const line of lines) reader.read(line);
  const survey = reader.result(0);
  t.equal(reader.result(1), null);
  t.equal(reader.result(2), undefined);
  if (survey === null || survey === undefined) return t.fail('no survey');
  t.match(survey, { entries: 10, isComplete: true, vanished: 2, top: { mode: 0o755 } });
  const counts = new Map(judgeAccess(survey, somebody, 'user 1000').map((count) => [count.action, count]));
  t.match(counts.get('read'), { allowed: 3, denied: 5 });
  t.match(counts.get('read')?.causes, [
    {
      cause: 'other',
      entries: 5,
      paths: ['closed folder/a', 'closed folder/\uFFFD'],
      sentence:
        'A folder such as "closed folder" (0700, 7:7) gives others --- where x is needed, and user 1000 is neither its owner nor in its group, so what is in it cannot be read.',
    },
  ]);
  t.match(
    counts.get('write')?.causes.map(({ sentence }) => sentence),
    [
      /^A folder such as/,
      'The file (0640, 0:0) has the ACL entry user:1000:rw- for user 1000, which the mask r-- cuts down where w is needed.',
    ],
  );
  t.match(counts.get('list'), { allowed: 1, denied: 1 });
});
