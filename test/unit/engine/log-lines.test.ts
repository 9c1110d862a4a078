import t from 'tap';
import type { Frame } from '../../../src/engine/demux.ts';
import { assembleLines } from '../../../src/engine/log-lines.ts';

const at = '2026-11-24T08:00:00.123456789Z';
const frame = (stream: Frame['stream'], content: Buffer | string): Frame => ({
  stream,
  content: Buffer.concat([Buffer.from(`${at} `), Buffer.from(content)]),
});

t.test('a line that the engine cut is whole again, even when the cut goes through a character', (t) => {
  const text = Buffer.from('a long line with ümläuts\n');
  const cut = text.indexOf(Buffer.from('ü')) + 1;
  const lines = assembleLines();
  t.equal(lines.add(frame('stdout', text.subarray(0, cut))), null);
  t.same(lines.add(frame('stdout', text.subarray(cut))), {
    stream: 'stdout',
    at: new Date(at),
    text: 'a long line with ümläuts',
  });
  t.end();
});

t.test('the two streams do not mix', (t) => {
  const lines = assembleLines();
  t.equal(lines.add(frame('stdout', 'begun ')), null);
  t.match(lines.add(frame('stderr', 'complaint\n')), { stream: 'stderr', text: 'complaint' });
  t.match(lines.add(frame('stdout', 'ended\n')), { stream: 'stdout', text: 'begun ended' });
  t.same(lines.rest(), []);
  t.end();
});

t.test('what has no line end is given at the end', (t) => {
  const lines = assembleLines();
  lines.add(frame('stderr', 'killed in the mid'));
  t.match(lines.rest(), [{ stream: 'stderr', text: 'killed in the mid' }]);
  t.end();
});

t.test('an empty line is a line', (t) => {
  t.match(assembleLines().add(frame('stdout', '\n')), { text: '' });
  t.end();
});
