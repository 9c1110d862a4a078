import t from 'tap';
import { csvLine } from '../../../src/space/csv.ts';

t.test('lines of a CSV file', (t) => {
  const cases: [(string | number | null)[], string][] = [
    [['a', 1, null, 'b'], 'a,1,,b'],
    [['with, comma', 'with "quotes"', 'two\nlines'], '"with, comma","with ""quotes""","two\nlines"'],
    [['=1+1', '+1', '-1', '@x', '\tx', '\rx'], `'=1+1,'+1,'-1,'@x,'\tx,"'\rx"`],
    [['=A,"B"'], `"'=A,""B"""`],
    [[-5, 0], '-5,0'],
    [['a=b', 'a-b', ''], 'a=b,a-b,'],
    [['ünïcode 💥'], 'ünïcode 💥'],
  ];
  for (const [cells, line] of cases) t.equal(csvLine(cells), `${line}\r\n`);
  t.end();
});
