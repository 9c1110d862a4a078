import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The main process of a PostgreSQL server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/**
 * The live server of a data folder, or null. A `postmaster.pid` whose process is gone, or is another program by now,
 * would keep the next server from starting: it is removed.
 */
export async function findLivePostmaster(data: string): Promise<Postmaster | null> {
  const file = join(data, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (lines.length === 1) return null;
  if (pid > 0 && port > 0 && (await isPostgresOf(pid, data))) return { pid, port };
  await rm(file, { force: true });
  return null;
}

async function isPostgresOf(pid: number, data: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Without /proc (macOS) a live process of this pid must be taken for the server: its data folder is locked by it.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => data);
  return command.includes(data);
}
