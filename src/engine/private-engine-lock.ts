import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;

/** Runs `work` while no other process of this system runs work of the same name. The lock ends with the process, however it ends. */
export async function withSystemLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = await take(name);
  try {
    return await work();
  } finally {
    await new Promise((resolve) => lock.close(resolve));
  }
}

async function take(name: string): Promise<Server> {
  for (;;) {
    const server = createServer();
    // A socket without a file: Linux gives its name to one process at a time, and forgets it with the process.
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(`\0${name}`, () => resolve(true));
    });
    if (taken) return server;
    await sleep(pollMs);
  }
}
