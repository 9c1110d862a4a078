import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { change, fill } from './data.ts';
import { tutorialBackup } from './rivals.ts';
import { finished, newRepository, withScene, withVolume } from './scene.ts';
import { rowOf, tableHead, tableLine } from './table.ts';

const run = promisify(execFile);
const backups = 10;

/** What ten backups take on the disk, with 1 % changed before each. */
export async function benchStored(print: (line: string) => void): Promise<void> {
  const volume = 'bench-stored';
  await withScene(print, (scene) =>
    withVolume(scene, volume, async () => {
      await fill(scene, volume);
      const repository = await newRepository(scene, 'stored');
      let theirs = 0;
      for (let round = 1; round <= backups; round += 1) {
        await change(scene, volume, round);
        await finished(scene, `/v1/hosts/local/volumes/${volume}/backups`, { repository });
        await tutorialBackup(scene, volume, 'backup.tar.gz');
        theirs += (await stat(join(scene.folder, 'backup.tar.gz'))).size;
      }
      const { Mountpoint } = await scene.engine.getVolume(repository).inspect();
      const ours = Number((await run('du', ['--summarize', '--bytes', Mountpoint])).stdout.split('\t')[0]);
      print(tableHead);
      const figures = { ours: [ours / 1e6], theirs: [theirs / 1e6], target: 0.12, unit: 'MB' } as const;
      print(tableLine(rowOf(`${backups} backups`, 'tutorial', figures)));
    }),
  );
}
