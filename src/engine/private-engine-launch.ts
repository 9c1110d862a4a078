import { spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../errors.ts';
import type { EnginePlaces } from './private-engine-places.ts';

/** Spawns the engine in a session of its own: neither Ctrl-C in the terminal nor the death of this process ends it. */
export async function launchDaemon(places: EnginePlaces): Promise<void> {
  await mkdir(places.runFolder, { recursive: true, mode: 0o700 });
  await writeFile(places.configuration, JSON.stringify(configurationOf(places), null, 2));
  // `env`, for the proxies of this environment are the engine's too, but not what would tell it of another engine.
  const env = [
    '-u',
    'NOTIFY_SOCKET',
    '-u',
    'DOCKER_TLS_VERIFY',
    '-u',
    'DOCKER_CERT_PATH',
    `PATH=${places.programs}:/usr/sbin:/usr/bin:/sbin:/bin`,
  ];
  await spawnDetached(
    '/usr/bin/env',
    [...env, join(places.programs, 'dockerd'), '--config-file', places.configuration],
    places.log,
  );
}

/** In a file of its own, because the system's configuration file, if there is one, is for another engine. */
function configurationOf({ runFolder, data, endpoint, pidFile }: EnginePlaces) {
  return {
    hosts: [endpoint],
    'data-root': data,
    'exec-root': join(runFolder, 'exec'),
    pidfile: pidFile,
    bridge: 'none',
    iptables: false,
    ip6tables: false,
    'userland-proxy': false,
  };
}

async function spawnDetached(program: string, args: readonly string[], logFile: string): Promise<void> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, { detached: true, cwd: '/', stdio: ['ignore', log.fd, log.fd] });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
  } catch (cause) {
    throw fail('engine_setup_unavailable', {
      detail: `The private Docker engine could not be started; its log is ${logFile}.`,
      cause,
    });
  } finally {
    await log.close();
  }
}
