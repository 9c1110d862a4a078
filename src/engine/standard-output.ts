import { demux } from './demux.ts';

const keptBytes = 4_096;

/** The end of what a process writes. */
export class Tail {
  #kept = Buffer.alloc(0);

  add(content: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, content]).subarray(-keptBytes);
  }

  text(): string {
    return this.#kept.toString('utf8');
  }
}

/** The standard output of what an attached socket carries; the end of its standard errors goes to `complaints`. */
export async function* standardOutput(socket: AsyncIterable<Buffer>, complaints: Tail): AsyncGenerator<Buffer> {
  for await (const { stream, content } of demux(socket)) {
    if (stream === 'stdout') yield content;
    else complaints.add(content);
  }
}
