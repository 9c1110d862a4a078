import { startContainer, startLoad } from './applications.ts';
import { change, fill, rounds } from './data.ts';
import { tutorialBackup } from './rivals.ts';
import { backUp, finished, newRepository, type Scene, withScene, withVolume } from './scene.ts';
import { inTurn, rowOf, tableHead, tableLine } from './table.ts';

/** How long an application is away for a backup: of files, and of a PostgreSQL under load. */
export async function benchOutage(print: (line: string) => void): Promise<void> {
  await withScene(print, async (scene) => {
    print(tableHead);
    await withVolume(scene, 'bench-files', async () => {
      await fill(scene, 'bench-files');
      const application = await startContainer(scene, 'bench-files');
      await compare(scene, 'files', 'bench-files', 0.04, {
        stop: () => application.stop({ t: 10 }),
        start: () => application.start(),
        before: (round) => change(scene, 'bench-files', round),
      });
    });
    await withVolume(scene, 'bench-database', async () => {
      const load = await startLoad(scene, 'bench-database');
      await compare(scene, 'PostgreSQL under load', 'bench-database', 0.07, {
        stop: () => load.container.stop({ t: 30 }),
        start: load.start,
        before: load.settle,
      });
    });
  });
}

interface Application {
  stop(): Promise<unknown>;
  start(): Promise<unknown>;
  /** What happens between two backups. */
  before(round: number): Promise<unknown>;
}

async function compare(scene: Scene, what: string, volume: string, target: number, application: Application) {
  const repository = await newRepository(scene, `outage-${volume}`);
  await backUp(scene, volume, repository);
  const outage = async (consistency: string, round: number): Promise<number> => {
    await application.before(round);
    const wish = { repository, consistency };
    return (await finished(scene, `/v1/hosts/local/volumes/${volume}/backups`, wish)).outageSeconds;
  };
  const seen = await inTurn(rounds, {
    tutorial: async () => {
      const startedAt = performance.now();
      await application.stop();
      await tutorialBackup(scene, volume, 'backup.tar.gz');
      await application.start();
      return (performance.now() - startedAt) / 1000;
    },
    stop: (round) => outage('stop', round),
    pause: (round) => outage('pause', round + rounds),
  });
  for (const way of ['stop', 'pause'] as const)
    scene.print(
      tableLine(rowOf(`outage, ${what}, \`${way}\``, 'tutorial', { ours: seen[way], theirs: seen.tutorial, target })),
    );
}
