import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Flips bytes in the middle of the largest pack of a repository, which holds file contents. */
export async function damageRepository(repository: string): Promise<void> {
  const files = await readdir(join(repository, 'data'), { recursive: true });
  const sizes = await Promise.all(
    files.map(async (file) => ({ file, size: (await stat(join(repository, 'data', file))).size })),
  );
  const largest = sizes.filter(({ file }) => file.length > 60).sort((one, other) => other.size - one.size)[0];
  if (largest === undefined) throw new Error('The repository has no packs.');
  const handle = await open(join(repository, 'data', largest.file), 'r+');
  await handle.write(Buffer.alloc(1_000_000, 7), 0, 1_000_000, Math.floor(largest.size / 2) - 500_000);
  await handle.close();
}
