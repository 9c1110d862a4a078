import t from 'tap';
import { demux, type Frame } from '../../../src/engine/demux.ts';

function frameBytes(type: number, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

const sent = Buffer.concat([
  frameBytes(1, 'one'),
  frameBytes(2, ''),
  frameBytes(2, 'zwölf'),
  frameBytes(1, 'x'.repeat(70_000)),
]);
const expected = [
  ['stdout', 'one'],
  ['stderr', ''],
  ['stderr', 'zwölf'],
  ['stdout', 'x'.repeat(70_000)],
];

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function framesOf(source: AsyncIterable<Buffer>): Promise<[Frame['stream'], string][]> {
  const frames: [Frame['stream'], string][] = [];
  for await (const { stream, content } of demux(source)) frames.push([stream, content.toString()]);
  return frames;
}

t.test('frames come out whole, however the stream is cut', async (t) => {
  for (const size of [1, 3, 8, 11, 4_096, sent.length])
    t.same(await framesOf(inPieces(sent, size)), expected, `${size} bytes`);
});

t.test('a frame that the stream ends in is dropped', async (t) => {
  t.same(await framesOf(inPieces(sent.subarray(0, -1), 100)), expected.slice(0, 3));
});
