import { change, described, fill, rounds } from './data.ts';
import { type PlainRestic, plainRestic, tutorialBackup, zstdBackup } from './rivals.ts';
import { backUp, newRepository, withScene, withVolume } from './scene.ts';
import { inTurn, rowOf, tableHead, tableLine } from './table.ts';

/** A first backup, one of what has not changed, and one of what has changed by 1 %. */
export async function benchFirstAndAgain(print: (line: string) => void): Promise<void> {
  const volume = 'bench-source';
  await withScene(print, (scene) =>
    withVolume(scene, volume, async (path) => {
      await fill(scene, volume);
      print(`${described}; medians of ${rounds} rounds`);
      let plain: PlainRestic | undefined;
      let repository = '';
      const withPlain = async (work: (of: PlainRestic) => Promise<number>) => {
        if (plain === undefined) throw new Error('Plain restic has no repository.');
        return await work(plain);
      };
      const seen = await inTurn(rounds, {
        tutorial: () => tutorialBackup(scene, volume, 'backup.tar.gz'),
        zstd: () => zstdBackup(scene, volume, 'backup.tar.zst'),
        plainFirst: async (round) => {
          plain = await plainRestic(scene, `plain-${round}`);
          return await plain.backUp(path);
        },
        first: async (round) => {
          repository = await newRepository(scene, `first-${round}`);
          return await backUp(scene, volume, repository);
        },
        plainUnchanged: () => withPlain((of) => of.backUp(path)),
        unchanged: () => backUp(scene, volume, repository),
        plainChanged: async (round) => {
          await change(scene, volume, round);
          return await withPlain((of) => of.backUp(path));
        },
        changed: () => backUp(scene, volume, repository),
      });
      const { tutorial, zstd } = seen;
      const rows = [
        rowOf('first backup', 'tutorial', { ours: seen.first, theirs: tutorial, target: 0.2 }),
        rowOf('first backup', 'plain restic', { ours: seen.first, theirs: seen.plainFirst, target: 0.85 }),
        rowOf('unchanged', 'tutorial', { ours: seen.unchanged, theirs: tutorial, target: 0.05 }),
        rowOf('unchanged', 'plain restic', { ours: seen.unchanged, theirs: seen.plainUnchanged, target: 1.15 }),
        rowOf('1 % changed', 'tutorial', { ours: seen.changed, theirs: tutorial, target: 0.05 }),
        rowOf('1 % changed', 'plain restic', { ours: seen.changed, theirs: seen.plainChanged, target: 1.15 }),
      ];
      print(tableHead);
      for (const row of rows) print(tableLine(row));
      print(`tar with zstd: ${zstd.map((seconds) => seconds.toFixed(2)).join(', ')} s each time, and all bytes again`);
    }),
  );
}
