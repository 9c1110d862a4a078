/** One frame of Docker's multiplexed streams. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly content: Buffer;
}

const headerBytes = 8;
const stderrType = 2;

/** Splits what attach and logs send (`type, 0, 0, 0, length, content`) into whole frames. An incomplete last frame is dropped. */
export async function* demux(source: AsyncIterable<Buffer | string>): AsyncGenerator<Frame> {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = headerBytes;
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    size += bytes.length;
    // Chunks are joined only when a frame is complete: a large one would be copied for each of its chunks otherwise.
    if (size < wanted) continue;
    let buffer = Buffer.concat(chunks, size);
    for (let length = frameLength(buffer); length <= buffer.length; length = frameLength(buffer)) {
      yield { stream: buffer[0] === stderrType ? 'stderr' : 'stdout', content: buffer.subarray(headerBytes, length) };
      buffer = buffer.subarray(length);
    }
    chunks = [buffer];
    size = buffer.length;
    wanted = frameLength(buffer);
  }
}

/** Length of the first frame with its header; of a header alone while that is not complete. */
function frameLength(buffer: Buffer): number {
  return buffer.length < headerBytes ? headerBytes : headerBytes + buffer.readUInt32BE(4);
}
