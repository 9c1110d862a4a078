import t from 'tap';
import { statementNames } from '../../../src/database/kept-statements.ts';

t.test('marked statements have a name of their own, the first so many', async (t) => {
  const nameOf = statementNames(2);
  const [one, two, three] = ['one', 'two', 'three'].map((word) => nameOf({ sql: `/* kept */ select '${word}'` }));
  t.ok(one);
  t.ok(two);
  t.not(one, two);
  t.equal(three, '', 'no connection keeps more than so many');
  t.equal(nameOf({ sql: "/* kept */ select 'one'" }), one, 'the same each time');
  t.equal(nameOf({ sql: 'select 1' }), '', 'others are not kept');
});
