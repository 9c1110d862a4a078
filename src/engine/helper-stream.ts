import { Readable } from 'node:stream';
import { fail } from '../errors.ts';
import type { Connection } from './connection.ts';
import { demux } from './demux.ts';
import type { HelperSecrets } from './helper.ts';
import { startAttached } from './helper-start.ts';
import { waitHelper } from './helper-wait.ts';

const complaintBytes = 4_096;

/** Implements {@link Engine.streamHelper}. The reader sets the pace: the engine holds back a helper whose output is not read. */
export async function streamHelper(
  connection: Connection,
  id: string,
  secrets: HelperSecrets | null,
): Promise<Readable> {
  const socket = await startAttached(connection, id, { stdin: secrets !== null, stdout: true, stderr: true }, secrets);
  return Readable.from(standardOutput(connection, id, socket), { objectMode: false });
}

async function* standardOutput(
  connection: Connection,
  id: string,
  socket: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const reader = new AbortController();
  let complaint = Buffer.alloc(0);
  try {
    for await (const { stream, content } of demux(socket)) {
      if (stream === 'stdout') yield content;
      else complaint = Buffer.concat([complaint, content]).subarray(-complaintBytes);
    }
    // The stream must not end well before the exit code has said so: what was read may be a part only.
    const exitCode = await waitHelper(connection, id, reader.signal);
    if (exitCode !== 0)
      throw fail('helper_failed', `The helper ended with exit code ${exitCode}: ${complaint.toString('utf8').trim()}`);
  } finally {
    reader.abort();
  }
}
