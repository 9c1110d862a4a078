import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { framed, unframe } from '../../../src/backups/framed.ts';

/** Sends frames through the script that a helper runs; gives its exit code and output. */
async function through(content: Buffer): Promise<{ code: number; output: Buffer }> {
  const perl = spawn('perl', ['-e', unframe], { stdio: ['pipe', 'pipe', 'ignore'] });
  const output = buffer(perl.stdout);
  perl.stdin.on('error', () => undefined);
  perl.stdin.end(content);
  const [code] = await once(perl, 'exit');
  return { code, output: await output };
}

const framesOf = (chunks: Buffer[]) => buffer(Readable.from(chunks).pipe(framed(async () => undefined)));

t.test('what arrives whole comes out as it went in', async (t) => {
  const chunks = [Buffer.from('select 1;\n'), Buffer.alloc(3_000_000, 7), Buffer.from([0, 255])];
  const { code, output } = await through(await framesOf(chunks));
  t.equal(code, 0);
  t.ok(output.equals(Buffer.concat(chunks)));
  t.match(await through(await framesOf([])), { code: 0 });
});

t.test('whatever is cut off is told from the end', async (t) => {
  const whole = await framesOf([Buffer.from('hello'), Buffer.from('world')]);
  for (let length = 0; length < whole.length; length += 1)
    t.not((await through(whole.subarray(0, length))).code, 0, `${length} bytes`);
});

t.test('the end is not sent for what is not whole', async (t) => {
  const refuse = framed(async () => {
    throw new Error('the tool has failed');
  });
  const seen: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) seen.push(chunk);
  };
  await t.rejects(pipeline(Readable.from([Buffer.from('x')]), refuse, collect), { message: 'the tool has failed' });
  t.not((await through(Buffer.concat(seen))).code, 0);
});
