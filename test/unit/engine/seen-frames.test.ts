import t from 'tap';
import type { Frame } from '../../../src/engine/demux.ts';
import { createSeenFrames } from '../../../src/engine/seen-frames.ts';

const frame = (seconds: string, text: string): Frame => ({
  stream: 'stdout',
  content: Buffer.from(`2026-11-24T08:00:${seconds}Z ${text}\n`),
});

t.test('what an earlier reading gave is not given again, what is new is', (t) => {
  const seen = createSeenFrames();
  seen.startReading();
  const first = [frame('01.000000001', 'a'), frame('02.000000001', 'b'), frame('02.000000001', 'b')];
  t.same(first.map(seen.isNew), [true, true, true]);

  seen.startReading();
  t.same([...first, frame('02.000000001', 'b'), frame('03.000000001', 'c')].map(seen.isNew), [
    false,
    false,
    false,
    true,
    true,
  ]);
  t.end();
});

t.test('a reading begins a little before the newest frame, the first one at the beginning', (t) => {
  const seen = createSeenFrames();
  t.equal(seen.since(), null);
  seen.startReading();
  seen.isNew(frame('30.500000000', 'x'));
  t.same(seen.since(), new Date('2026-11-24T08:00:28.500Z'));
  t.end();
});

t.test('old frames are forgotten, so that a long log takes no memory', (t) => {
  const seen = createSeenFrames();
  seen.startReading();
  const start = Date.parse('2026-11-24T08:00:00Z');
  const line = (at: number): Frame => ({
    stream: 'stdout',
    content: Buffer.from(`${new Date(at).toISOString()} ${at}\n`),
  });
  for (let ms = 0; ms < 100_000; ms += 10) seen.isNew(line(start + ms));
  seen.startReading();
  t.equal(seen.isNew(line(start)), true, 'the first one is not remembered any more');
  t.equal(seen.isNew(line(start + 99_000)), false, 'those of the overlap are');
  t.end();
});
