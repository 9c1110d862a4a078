import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { pack } from 'tar-stream';
import { TarEnd } from '../../../src/images/tar-end.ts';

const longName = `${'folder/'.repeat(40)}file`;

async function archive(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'manifest.json' }, '[]');
  tar.entry({ name: longName }, Buffer.alloc(3000, 7));
  tar.entry({ name: 'a layer of zeros' }, Buffer.alloc(8192));
  tar.finalize();
  return await buffer(tar);
}

function isWhole(content: Buffer, step: number): boolean {
  const end = new TarEnd();
  for (let at = 0; at < content.length; at += step) end.add(content.subarray(at, at + step));
  return end.isWhole;
}

t.test('an archive is whole when it has come to its end, however it is cut into chunks', async (t) => {
  const whole = await archive();
  for (const step of [1, 100, 512, 513, 100_000]) t.ok(isWhole(whole, step), `chunks of ${step}`);
  t.notOk(isWhole(Buffer.alloc(0), 1));
});

t.test('one that ends early is not, also where it ends with zeros', async (t) => {
  const whole = await archive();
  for (let length = 0; length < whole.length - 512; length += 128)
    t.notOk(isWhole(whole.subarray(0, length), 4096), `${length} bytes`);
  t.notOk(
    isWhole(Buffer.concat([whole, Buffer.from('{"error":"no space"}')]), 4096),
    'an error of the engine after it',
  );
});

t.test('the size of a large entry may stand in records before it, or as a binary number', async (t) => {
  const header = (type: string, size: number) => {
    const block = Buffer.alloc(512);
    block.write('name', 0);
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    block.write(type, 156);
    return block;
  };
  const records = Buffer.alloc(512);
  records.write('13 size=1024\n');
  const content = Buffer.alloc(1024);
  const end = Buffer.alloc(1024);
  const withRecords = Buffer.concat([header('x', 13), records, header('0', 0), content, end]);
  t.ok(isWhole(withRecords, 300));
  t.notOk(isWhole(withRecords.subarray(0, -1024), 300), 'its own zeros are content');
  const binary = header('0', 0);
  binary.fill(0, 124, 136);
  binary[124] = 0x80;
  binary.writeUInt32BE(1024, 132);
  t.ok(isWhole(Buffer.concat([binary, content, end]), 300));
  t.notOk(isWhole(Buffer.concat([binary, content]), 300));
});
