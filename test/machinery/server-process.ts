import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const startSeconds = 60;
const stopSeconds = 70;

/** A process of Stowage. */
export interface ServerProcess {
  /** Where its API answers, such as `http://127.0.0.1:40123`; empty without the role `api`. */
  readonly address: string;
  readonly pid: number;
  /** Ends it in good order and waits for that; does nothing when it has ended. */
  stop(): Promise<void>;
  /** Ends it as a power cut would, and waits for that. */
  kill(): Promise<void>;
  /** What it has written so far, to both outputs. */
  log(): string;
}

/** Starts `src/main.ts` with these settings and nothing else of ours, and waits until it is ready. */
export async function spawnServer(settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written += text));
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  child.once('close', () => process.off('exit', killWithParent));

  await ready(child, servesApi(settings), () => written);
  const address = addressIn(written) ?? '';
  return {
    address,
    pid: child.pid ?? 0,
    log: () => written,
    stop: () => end(child, 'SIGTERM', () => written),
    kill: () => end(child, 'SIGKILL', () => written),
  };
}

/** The banner comes last; a process without the API prints none, and is ready after the last of its steps. */
async function ready(child: ChildProcess, withApi: boolean, log: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const give = (reason: string) => {
    // Too much for the message of an error, which becomes the name of a failed test.
    process.stderr.write(`The log of a Stowage that ${reason}:\n${log()}\n`);
    reject(new Error(`Stowage ${reason}; its log is on the standard error`));
  };
  const timer = setTimeout(() => give(`was not ready within ${startSeconds} s`), startSeconds * 1000);
  const look = () => (addressIn(log()) !== undefined || (!withApi && /^✓ Helper image/m.test(log()))) && resolve();
  child.once('error', reject);
  const ended = () => give(`ended with ${child.signalCode ?? child.exitCode} before it was ready`);
  child.once('close', ended);
  child.stderr?.on('data', look);
  try {
    await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
    child.stderr?.off('data', look);
    child.off('close', ended);
  }
}

function addressIn(log: string): string | undefined {
  return /^ +API +(\S+)\/v1$/m.exec(log)?.[1];
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', log: () => string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000);
  await closed;
  clearTimeout(timer);
  if (signal === 'SIGTERM' && child.signalCode === 'SIGKILL')
    throw new Error(`Stowage did not end within ${stopSeconds} s: ${log().slice(-2000)}`);
}

function servesApi({ STOWAGE_ROLES = 'api' }: Readonly<Record<string, string>>): boolean {
  return STOWAGE_ROLES.split(',').includes('api');
}
