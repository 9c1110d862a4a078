import { Readable } from 'node:stream';
import { fail } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { HelperSecrets } from './helper.ts';
import { startAttached } from './helper-start.ts';
import { waitHelper } from './helper-wait.ts';
import { standardOutput, Tail } from './standard-output.ts';

/** Implements {@link Engine.streamHelper}. The reader sets the pace: the engine holds back a helper whose output is not read. */
export async function streamHelper(
  connection: Connection,
  id: string,
  secrets: HelperSecrets | null,
): Promise<Readable> {
  const socket = await startAttached(connection, id, { stdin: secrets !== null, stdout: true, stderr: true }, secrets);
  return Readable.from(outputToTheEnd(connection, id, socket), { objectMode: false });
}

async function* outputToTheEnd(
  connection: Connection,
  id: string,
  socket: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const reader = new AbortController();
  const complaints = new Tail();
  try {
    yield* standardOutput(socket, complaints);
    // The stream must not end well before the exit code has said so: what was read may be a part only.
    const exitCode = await waitHelper(connection, id, reader.signal);
    if (exitCode !== 0)
      throw fail('helper_failed', `The helper ended with exit code ${exitCode}: ${complaints.text().trim()}`);
  } finally {
    reader.abort();
  }
}
