import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildArchive } from '../src/engine/helper-image-archive.ts';

// Writes the root file system of the helper image as a tar: `node setup/helper-archive.ts FILE`. The image of Stowage
// carries it, so that an engine needs no registry for its helpers.
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Say where to write the archive: node setup/helper-archive.ts FILE');
const folder = await mkdtemp(join(tmpdir(), 'stowage-helper-'));
try {
  const archive = await buildArchive(folder, join(folder, 'packages'));
  await copyFile(archive.file, resolve(file));
  console.log(`${archive.image} ${resolve(file)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
