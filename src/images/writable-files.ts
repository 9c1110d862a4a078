import type { HelperSpec } from '../engine/helper.ts';

const layerAt = '/layer';

/** Something in the writable folder of a container. */
export interface WritableFile {
  readonly path: string;
  /** As find names it: `f` file, `d` folder, `l` link, `c` character device … */
  readonly type: string;
  /** Of a file with several names the share of this one; a folder has none. */
  readonly bytes: number;
}

/** A helper that lists a folder of the host to its standard output, with as little of the machine as possible. */
export function listingHelper(folder: string): Omit<HelperSpec, 'name' | 'labels'> {
  return {
    // What goes away meanwhile is no error. The NUL is what no name has.
    command: ['find', layerAt, '-ignore_readdir_race', '-mindepth', '1', '-printf', '%y %n %s /%P\\0'],
    environment: {},
    mounts: [{ type: 'bind', source: folder, target: layerAt, readOnly: true, ofEngine: true }],
    capabilities: ['DAC_READ_SEARCH'],
    network: null,
    secrets: false,
    lowPriority: true,
    hostFiles: true,
    streamed: true,
  };
}

/** Reads what a {@link listingHelper} writes. Throws when it breaks off. */
export async function* readListing(source: AsyncIterable<Buffer>): AsyncGenerator<WritableFile> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const records = (rest + decoder.decode(chunk, { stream: true })).split('\0');
    rest = records.pop() ?? '';
    for (const record of records) yield toFile(record);
  }
  if (rest !== '') throw new Error(`The list of a writable folder broke off: "${rest}"`);
}

function toFile(record: string): WritableFile {
  const [whole, type, links, bytes, path] = /^(\S) (\d+) (\d+) (\/.*)$/s.exec(record) ?? [];
  if (whole === undefined || type === undefined || path === undefined)
    throw new Error(`A line of a listing is not understood: "${record}"`);
  return { path, type, bytes: type === 'd' ? 0 : Number(bytes) / Math.max(1, Number(links)) };
}
