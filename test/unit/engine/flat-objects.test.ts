import t from 'tap';
import { flatObjects } from '../../../src/engine/flat-objects.ts';

async function read(text: string, size: number): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  }
  return await Array.fromAsync(flatObjects(chunks()));
}

const objects = [{ Path: '/a "b" {c} \\ ] 💥', Kind: 1 }, { Path: '/x', Kind: 0 }, {}, { Path: '/}', Kind: 2 }];

t.test('a list is read object by object, wherever its chunks are cut', async (t) => {
  for (const size of [1, 2, 7, 1000]) {
    t.same(await read(JSON.stringify(objects), size), objects, `${size} bytes a chunk`);
    t.same(await read(`${JSON.stringify(objects, null, 2)}\n`, size), objects);
    for (const empty of ['[]', '[]\n', 'null\n', '[ ]']) t.same(await read(empty, size), [], empty);
  }
});

t.test('a list that breaks off is an error', async (t) => {
  const whole = JSON.stringify(objects);
  for (const cut of [0, 1, 5, whole.length - 1])
    await t.rejects(read(whole.slice(0, cut), 7), { code: 'ERR_STREAM_PREMATURE_CLOSE' }, `after ${cut} bytes`);
});
