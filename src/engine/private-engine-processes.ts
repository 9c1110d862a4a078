import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EnginePlaces } from './private-engine-places.ts';

/** `env` is the engine a moment before it is one. */
const daemonNames = ['dockerd', 'env'];
const attendantNames = ['containerd', 'containerd-shim-runc-v2', 'runc'];

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * The pid of the live engine of these places, or null. It is looked for among the processes: its pid file may be older
 * than the system's last start, and name another program by now.
 */
export async function findDaemon({ configuration }: EnginePlaces): Promise<number | null> {
  const processes = await listProcesses();
  return processes.find(({ name, args }) => daemonNames.includes(name) && args.includes(configuration))?.pid ?? null;
}

/** Processes that attend to containers of the engine, and those in the containers. They may outlive the engine. */
export async function findAttendants({ runFolder }: EnginePlaces): Promise<number[]> {
  const processes = await listProcesses();
  const isAttendant = ({ name, args }: Process) =>
    attendantNames.includes(name) && args.some((arg) => arg.startsWith(`${runFolder}/`));
  const found = new Set(processes.filter(isAttendant).map(({ pid }) => pid));
  // A set gives also what is added while it is walked: children of children.
  for (const pid of found) for (const child of processes) if (child.parent === pid) found.add(child.pid);
  return [...found];
}

/** A zombie has ended, although its parent has not taken note of it yet. */
export async function isRunning(pid: number): Promise<boolean> {
  return (await readProcess(pid)) !== null;
}

async function listProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  return (await Promise.all(pids.map(readProcess))).filter((process) => process !== null);
}

async function readProcess(pid: number): Promise<Process | null> {
  const [command, stat] = await Promise.all(
    ['cmdline', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  // pid (name) state parent …; the name may contain anything.
  const [, state, parent] = /^\d+ \(.*\) (\S) (\d+) /s.exec(stat ?? '') ?? [];
  if (state === undefined || state === 'Z' || state === 'X') return null;
  const [program = '', ...args] = (command ?? '').split('\0');
  return { pid, parent: Number(parent), name: basename(program), args };
}
