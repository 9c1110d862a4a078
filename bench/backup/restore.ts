import { damage, fill, rounds } from './data.ts';
import { plainRestic, tutorialBackup, tutorialRestore } from './rivals.ts';
import { backUp, finished, newRepository, type Scene, secondsIn, withScene, withVolume } from './scene.ts';
import { inTurn, rowOf, tableHead, tableLine } from './table.ts';

const archive = 'backup.tar.gz';

/** Restores into an empty volume, and in place after 1 % was damaged without a trace in size or time. */
export async function benchRestore(print: (line: string) => void): Promise<void> {
  const volume = 'bench-restored';
  await withScene(print, (scene) =>
    withVolume(scene, volume, async (path) => {
      await fill(scene, volume);
      const repository = await newRepository(scene, 'restored');
      await backUp(scene, volume, repository);
      const plain = await plainRestic(scene, 'plain');
      await plain.backUp(path);
      await tutorialBackup(scene, volume, archive);
      const snapshot = await newestSnapshot(scene, volume);
      const inPlace = { snapshot, inPlace: true, confirm: volume };
      const empty = () => secondsIn(scene, volume, 'busybox rm -rf /data/*');
      const seen = await inTurn(rounds, {
        tutorial: () => withVolume(scene, 'bench-untarred', () => tutorialRestore(scene, 'bench-untarred', archive)),
        plain: async () => {
          await empty();
          return await plain.restore(path);
        },
        ours: async (round) => {
          const name = `bench-new-${round}`;
          const { seconds } = await finished(scene, `/v1/snapshots/${snapshot}/restores`, { into: name });
          await scene.engine.getVolume(name).remove();
          return seconds;
        },
        tutorialAgain: () => tutorialRestore(scene, volume, archive),
        damaged: async (round) => {
          // As it would be on any day: whole, and backed up since it was written.
          await finished(scene, `/v1/hosts/local/volumes/${volume}/restores`, inPlace);
          await backUp(scene, volume, repository);
          await damage(scene, volume, round);
          return (await finished(scene, `/v1/hosts/local/volumes/${volume}/restores`, inPlace)).seconds;
        },
      });
      print(tableHead);
      const { tutorial, plain: theirs, ours } = seen;
      print(tableLine(rowOf('restore into an empty volume', 'tutorial', { ours, theirs: tutorial, target: 0.75 })));
      print(tableLine(rowOf('restore into an empty volume', 'plain restic', { ours, theirs, target: 1.15 })));
      const again = { ours: seen.damaged, theirs: seen.tutorialAgain, target: 0.2 };
      print(tableLine(rowOf('restore in place, 1 % damaged', 'tutorial', again)));
    }),
  );
}

async function newestSnapshot({ server }: Scene, volume: string): Promise<string> {
  const { items } = await server.get(`/v1/snapshots?volume=${volume}&limit=1`);
  return items[0].id;
}
