import { readFile } from 'node:fs/promises';
import Docker from 'dockerode';
import { groundOfTests } from '../test/machinery/ground-environment.ts';
import { runScript } from '../test/machinery/run-script.ts';
import { startServer } from './server.ts';

type Server = Awaited<ReturnType<typeof startServer>>;
type Print = (line: string) => void;

const entries = Number(process.env['BENCH_ENTRIES'] ?? 1_000_000);
const volume = 'permissions-bench';
const rounds = 3;
/** What people type to see owners and modes, and to change owners. */
const find = "/usr/bin/find /data -printf '%y %U:%G %m %p\\n' > /dev/null";
const chown = (uid: number) => `/usr/bin/chown -R ${uid}:${uid} /data`;
const longSeconds = 1800;

/** Checking and repairing a million entries against `find` and `chown -R` in a container. */
export async function benchPermissions(print: Print): Promise<void> {
  const { dockerHost, helperImage } = groundOfTests();
  const engine = new Docker({ socketPath: new URL(dockerHost).pathname });
  const run = (script: string) => runScript(engine, helperImage, volume, script);
  const server = await startServer({ STOWAGE_MEASURE_SECONDS: '0' });
  try {
    await server.created('POST', '/v1/hosts/local/volumes', { name: volume });
    await run(fill(entries));
    print(`a volume with ${entries} files, a thousand in a folder`);
    const before = await memoryOf(server);
    await check(server, engine, run, print);
    await repair(server, engine, run, print);
    print(`memory of the control plane: ${before} MB before, ${await memoryOf(server)} MB at most`);
  } finally {
    await server.stop();
    await engine.getVolume(volume).remove();
  }
}

type Run = (script: string) => Promise<string>;

/** Somebody else is asked about, so that each ACL must be looked at. */
async function check(server: Server, engine: Docker, run: Run, print: Print): Promise<void> {
  const subjects = [{ user: '1000:1000' }, { user: '1001:1001' }];
  const wish = { subjects, entries: entries * 2 };
  await compare(print, 'check', 'find', async () => {
    const theirs = await secondsOf(run, find);
    const job = await withPeak(engine, () =>
      server.finished('POST', `/v1/hosts/local/volumes/${volume}/permission-checks`, wish, longSeconds),
    );
    return { theirs, ...ours(job) };
  });
}

async function repair(server: Server, engine: Docker, run: Run, print: Print): Promise<void> {
  let uid = 2000;
  await compare(print, 'repair', 'chown -R', async () => {
    uid += 2;
    const theirs = await secondsOf(run, chown(uid));
    const wish = { owner: uid + 1, group: uid + 1 };
    const plan = await server.finished(
      'POST',
      `/v1/hosts/local/volumes/${volume}/permission-repairs`,
      wish,
      longSeconds,
    );
    const job = await withPeak(engine, () =>
      server.finished('POST', `/v1/permission-repairs/${plan.id}/apply`, { confirm: volume }, longSeconds),
    );
    print(`  plan ${plan.result.seconds.toFixed(1)} s`);
    return { theirs, ...ours(job) };
  });
}

interface Round {
  readonly theirs: number;
  readonly own: number;
  readonly peakMegabytes: number;
}

interface Finished {
  readonly job: { state: string; error: unknown; result: { seconds: number; entries: number } };
  readonly peakMegabytes: number;
}

/** Both with the start of a container. */
function ours({ job, peakMegabytes }: Finished): Pick<Round, 'own' | 'peakMegabytes'> {
  if (job.state !== 'succeeded') throw new Error(`The job has ${job.state}: ${JSON.stringify(job.error)}`);
  return { own: job.result.seconds, peakMegabytes };
}

async function compare(print: Print, own: string, theirs: string, round: () => Promise<Round>): Promise<void> {
  const seen: Round[] = [];
  for (let number = 0; number < rounds; number += 1) seen.push(await round());
  const ratios = seen.map((one) => one.own / one.theirs).sort((one, other) => one - other);
  for (const one of seen) print(`  ${theirs} ${one.theirs.toFixed(1)} s, ${own} ${one.own.toFixed(1)} s`);
  const peak = Math.max(...seen.map(({ peakMegabytes }) => peakMegabytes));
  print(
    `${own} against ${theirs}: ${ratios[Math.floor(rounds / 2)]?.toFixed(2)} times (median); helper ${peak.toFixed(0)} MB at most`,
  );
}

async function secondsOf(run: Run, script: string): Promise<number> {
  const startedAt = performance.now();
  await run(script);
  return (performance.now() - startedAt) / 1000;
}

/** Runs something, and looks at the memory of the helpers meanwhile, without the pages of files. */
async function withPeak<Job>(engine: Docker, work: () => Promise<Job>): Promise<{ job: Job; peakMegabytes: number }> {
  let peakMegabytes = 0;
  const timer = setInterval(() => {
    void memoryOfHelpers(engine).then((megabytes) => {
      peakMegabytes = Math.max(peakMegabytes, megabytes);
    });
  }, 1000);
  try {
    return { job: await work(), peakMegabytes };
  } finally {
    clearInterval(timer);
  }
}

async function memoryOfHelpers(engine: Docker): Promise<number> {
  const helpers = await engine.listContainers({ filters: { label: ['stowage.job'] } });
  const bytes = await Promise.all(
    helpers.map(async ({ Id }) => {
      const stats = await engine
        .getContainer(Id)
        .stats({ stream: false, 'one-shot': true } as { stream: false })
        .catch(() => null);
      const {
        rss = 0,
        total_rss: total = rss,
        anon = total,
      }: Record<string, number> = { ...stats?.memory_stats?.stats };
      return anon;
    }),
  );
  return bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20;
}

/** Most that the process has had in memory so far, in MB. */
async function memoryOf(server: Server): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}

function fill(count: number): string {
  return `perl -e 'for $n (0..${count - 1}) { $d = "/data/folder-" . int($n / 1000); mkdir $d unless $n % 1000; open F, ">", "$d/file-$n.dat" or die $! }'`;
}
