import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { fail } from '../errors.ts';

const mostBytes = 64 * 1024 ** 2;

/** The plain files of a tar, by their path in it (`./` and `/` in front of it left out). Throws what breaks the stream, and `snapshot_unsuitable` for more than 64 MiB. */
export async function readTar(archive: AsyncIterable<Buffer>): Promise<Map<string, Buffer>> {
  const tar = extract();
  const source = Readable.from(archive, { objectMode: false });
  source.once('error', (error) => tar.destroy(error));
  source.pipe(tar);
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for await (const entry of tar) {
    const { name, type, size = 0 } = entry.header;
    bytes += size;
    if (bytes > mostBytes) throw fail('snapshot_unsuitable', `The definitions are larger than ${mostBytes} bytes.`);
    const content = await buffer(entry);
    if (type === 'file') files.set(name.replace(/^\.?\/+/, ''), content);
  }
  return files;
}
