import t from 'tap';
import { sizeReader } from '../../../src/space/size-lines.ts';

const at = new Date('2026-11-25T22:00:00Z');

function read(lines: readonly string[]) {
  const reader = sizeReader(300);
  for (const line of lines) reader.read(line, at);
  return reader;
}

t.test('what a helper says of volumes', (t) => {
  const reader = read([
    'room ext4 4096 1000 500 100 90 ',
    'sized 0 10 4096 2 3 shop-db',
    'room xfs 512 2000 1000 0 0 covered',
    'sized 0 20 8192 1 2 covered',
    'gone away',
    'sized 1 0 0 0 0 away-in-between',
    'because find: no such file',
    'sized 127 0 0 0 0 no-find',
    'sized 137 5 5 5 5 slow',
    'sized 1 5 5 5 5 half',
    'because find: ‘/volumes/engine/half/_data/x’: Input/output error',
    'sized 0 1 1 1 1 name with spaces',
  ]);
  const of = (name: string) => reader.results.get(name)?.sized;
  t.same(of('shop-db'), { kind: 'sized', bytes: 10, allocatedBytes: 4096, files: 2, inodes: 3 });
  t.same(of('away'), { kind: 'gone' });
  t.same(of('away-in-between'), { kind: 'gone' }, 'even an empty folder has an inode');
  t.same(of('no-find'), { kind: 'failed', reason: 'not everything in it could be read' });
  t.same(of('slow'), { kind: 'failed', reason: 'sizing it took longer than 300 s' });
  t.match(of('half'), { kind: 'failed', reason: /^not everything in it could be read: find: .*Input\/output error$/ });
  t.match(of('name with spaces'), { kind: 'sized' });
  t.equal(of('nothing'), undefined);
  t.same(reader.results.get('shop-db')?.at, at);
  t.same(reader.fileSystemOf('shop-db'), {
    type: 'ext4',
    totalBytes: 4_096_000,
    freeBytes: 2_048_000,
    totalInodes: 100,
    freeInodes: 90,
  });
  t.match(reader.fileSystemOf('covered'), { type: 'xfs', totalBytes: 1_024_000, totalInodes: 0 });
  t.equal(read([]).fileSystemOf('shop-db'), null);
  t.end();
});

t.test('progress counts what is being walked, and no number leaves what can be counted exactly', (t) => {
  const reader = read(['sized 0 10 0 2 3 a', 'walking 50000 700']);
  t.same(reader.seen, { entries: 50_002, bytes: 710 });
  reader.read('sized 0 9e18 0 60000 3 b', at);
  t.same(reader.seen, { entries: 60_002, bytes: Number.MAX_SAFE_INTEGER });
  t.match(reader.results.get('b')?.sized, { bytes: Number.MAX_SAFE_INTEGER });
  t.end();
});
