import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Ports } from '../context.ts';

/** How long one of the things that Stowage stands on may take to answer. */
const patienceMilliseconds = 3_000;

interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/**
 * `/livez`: the process answers. `/readyz`: the database, each engine and the queue, by name; 503 when one of them does
 * not answer. Both are open to everybody and say nothing but names; the reason of a failure goes to the log.
 */
export function serveHealth(app: FastifyInstance, ports: Ports): void {
  app.get('/livez', { logLevel: 'warn' }, async () => ({ status: 'ok' }));
  app.get('/readyz', { logLevel: 'warn' }, async (_request, reply) => {
    const checks = await Promise.all(probesOf(ports).map(([name, probe]) => check(ports, name, probe)));
    const isReady = checks.every(({ ok }) => ok);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'unavailable', checks });
  });
}

type Probe = () => Promise<unknown>;

function probesOf({ db, engines, queue }: Ports): readonly (readonly [string, Probe])[] {
  const hosts = engines.names().map((name) => [`engine/${name}`, () => engines.get(name).info()] as const);
  return [['database', async () => await db.$queryRaw`select 1`], ...hosts, ['queue', () => queue.check()]];
}

async function check({ log }: Ports, name: string, probe: Probe): Promise<Check> {
  const tooLate = sleep(patienceMilliseconds, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${patienceMilliseconds} ms`);
  });
  try {
    await Promise.race([probe(), tooLate]);
    return { name, ok: true };
  } catch (error) {
    log.warn({ err: error, check: name }, 'not ready');
    return { name, ok: false };
  }
}
