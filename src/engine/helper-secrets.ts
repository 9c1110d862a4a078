import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { HelperSecrets } from './helper.ts';

/** The tar that a helper reads from its standard input and unpacks on its tmpfs, each file readable by root alone. */
export async function packSecrets(secrets: HelperSecrets): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(secrets)) tar.entry({ name, mode: 0o400, mtime: new Date(0) }, content);
  tar.finalize();
  return await buffer(tar);
}
