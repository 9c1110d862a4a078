import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { testDocker } from '../../machinery/docker.ts';
import { startStowage } from '../../machinery/stowage.ts';
import { meetHelper } from './held-helper.ts';

const count = 5_000;
const measurements = '/v1/hosts/local/measurements';

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

t.test(
  '5,000 volumes are measured, in little memory; a helper that is killed loses its batch and no other',
  async (t) => {
    const docker = testDocker(t);
    // Docker takes minutes to make so many; folders where it keeps volumes, and rows of the inventory, do as well.
    const stowage = await startStowage(t, { env: { STOWAGE_INVENTORY_SECONDS: '86400' } });
    await stowage.until('/v1/hosts/local', ({ inventory }) => inventory.syncedAt !== null);
    // What both threads load for their first measurement is not what the volumes take.
    await stowage.finished('POST', measurements, {});
    const { DockerRootDir } = await docker.engine.info();
    const prefix = docker.name('many');
    const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
    const folders = names.map((name) => join(DockerRootDir, 'volumes', name));
    t.teardown(async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    });
    for (const [index, folder] of folders.entries()) {
      await mkdir(join(folder, '_data'), { recursive: true });
      await writeFile(join(folder, '_data', 'file'), 'x'.repeat(index));
    }
    await stowage.database.query(
      `insert into volumes (id, host, name, kind, driver, scope, mountpoint, options, labels, project)
    select gen_random_uuid(), 'local', name, 'named', 'local', 'local', $2 || '/volumes/' || name || '/_data', '{}', '{}', $3 from unnest($1::text[]) name`,
      [names, DockerRootDir, prefix],
    );
    const before = await residentBytes(stowage.pid);

    const ask = () => stowage.accepted('POST', measurements, {});
    const { job } = await meetHelper(docker, 'volumes-', ask, (helper) => helper.kill());
    const done = await stowage.waitForJob(job.id, 300);
    t.equal(done.state, 'succeeded', done.error?.detail);
    const lost = count - (await stowage.get(`/v1/usage-report?project=${prefix}`)).totals.volumes;
    t.equal(lost, 0);
    const { unmeasured } = (await stowage.get(`/v1/usage-report?project=${prefix}`)).totals;
    t.ok(unmeasured > 0 && unmeasured <= 500, `${unmeasured} of a batch were not measured`);
    t.match(done.result.skipped.at(-1), /^and \d+ more$/);

    const startedAt = performance.now();
    const again = await stowage.finished('POST', measurements, {}, 300);
    const seconds = (performance.now() - startedAt) / 1000;
    t.ok(again.result.volumesMeasured >= count);
    t.match((await stowage.get(`/v1/usage-report?project=${prefix}`)).totals, {
      volumes: count,
      unmeasured: 0,
      bytes: (count * (count - 1)) / 2,
      files: count,
    });
    const once = await residentBytes(stowage.pid);
    t.ok(once - before < 300_000_000, `${once - before} bytes more`);
    await stowage.finished('POST', measurements, {}, 300);
    const grown = (await residentBytes(stowage.pid)) - once;
    t.ok(grown < 100_000_000, `${grown} bytes more for the same again`);
    t.comment(
      `${count} volumes in ${seconds.toFixed(1)} s, ${Math.round((once - before) / 1_000_000)} MB more, then ${Math.round(grown / 1_000_000)} MB`,
    );
  },
);
