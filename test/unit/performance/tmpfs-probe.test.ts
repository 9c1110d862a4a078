import t from 'tap';
import { readTmpfsLine, tmpfsHelper } from '../../../src/performance/tmpfs-probe.ts';

const places = [
  { container: 'a', target: '/cache', pid: 7 },
  { container: 'b', target: '/odd "name"\nand $(more)', pid: 8 },
];

t.test('what a helper says of a tmpfs', (t) => {
  t.same(readTmpfsLine('0 tmpfs 100 40 4096', places), { container: 'a', target: '/cache', usedBytes: 60 * 4096 });
  t.same(readTmpfsLine('1 tmpfs 100 100 4096', places)?.target, places[1]?.target);
  for (const line of ['2 tmpfs 1 1 1', '0 ext2/ext3 100 40 4096', '0 tmpfs 1', '', 'x', '-1 tmpfs 1 1 1'])
    t.equal(readTmpfsLine(line, places), null, line);
  t.end();
});

t.test('names are arguments of the helper, and never part of its script', (t) => {
  const { command } = tmpfsHelper(places);
  t.same(command.slice(4), ['7', 'a', '/cache', '8', 'b', places[1]?.target]);
  t.notMatch(command[2], /more/);
  t.end();
});
