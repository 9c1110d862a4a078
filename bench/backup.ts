import Docker from 'dockerode';
import { groundOfTests } from '../test/machinery/ground-environment.ts';
import { runScript } from '../test/machinery/run-script.ts';
import { measurePairs, type Pair, report } from './pairs.ts';
import { startServer } from './server.ts';

const rounds = 3;
const megabytes = 200;
const volume = 'bench-source';
/** 10,000 small files and large ones, half of them compressible. */
const fill = `cd /data; for d in $(seq 100); do mkdir d$d; for f in $(seq 100); do echo "file $f of $d $(seq 200)" > d$d/f$f; done; done
  for n in $(seq ${megabytes / 20}); do head -c 10000000 /dev/urandom > random$n; yes "line $n" | head -c 10000000 > text$n; done`;
/** The tutorial's backup, in a container as it does it; gzip is the archive's. */
const tutorialBackup = 'tar czf /tmp/backup.tar.gz -C /data . && stat -c %s /tmp/backup.tar.gz';

/** Backup and restore through the API against the tutorial's `docker run … tar czf`. */
export async function benchBackup(print: (line: string) => void): Promise<void> {
  const { dockerHost, helperImage } = groundOfTests();
  const engine = new Docker({ socketPath: new URL(dockerHost).pathname });
  const run = (script: string) => runScript(engine, helperImage, volume, script);
  const server = await startServer();
  const backup = () => server.finished('POST', `/v1/hosts/local/volumes/${volume}/backups`, {}, 600);
  try {
    await server.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await run(fill);
    const first = await backup();
    print(
      `first backup of ${first.result.files} files, ${(first.result.bytesRead / 1e6).toFixed(0)} MB: ${first.result.seconds.toFixed(1)} s, stored ${(first.result.bytesAdded / 1e6).toFixed(0)} MB`,
    );
    const pairs: Pair[] = [
      { name: 'unchanged', ours: backup, theirs: () => run(tutorialBackup) },
      {
        name: '1 % changed',
        before: () => run('cd /data; for d in $(seq 100); do echo changed >> d$d/f1; done'),
        ours: backup,
        theirs: () => run(tutorialBackup),
      },
    ];
    for (const pair of pairs) report(pair.name, await measurePairs(pair, rounds), print);
  } finally {
    await server.stop();
    await engine.getVolume(volume).remove({ force: true });
  }
}
