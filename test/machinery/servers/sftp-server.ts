import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { groundOfTests } from '../ground-environment.ts';
import { debianRoot, freePort, startInRoot, type TestServer } from './debian-root.ts';

export interface SftpServer extends TestServer {
  /** What a repository in `/data/repository` needs. */
  readonly sftp: { server: string; port: number; user: string; path: string; knownHosts: string };
  readonly privateKey: string;
}

/** Starts OpenSSH's server, with keys of its own. */
export async function startSftpServer(t: Test, { port: wanted }: { port?: number } = {}): Promise<SftpServer> {
  const root = await debianRoot('sshd', ['openssh-server', 'openssh-client']);
  const port = wanted ?? (await freePort());
  const data = await mkdtemp(join(groundOfTests().folder, 'sftp-'));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const settings = {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: '/data/host',
    AuthorizedKeysFile: '/data/user.pub',
    StrictModes: 'no',
    PermitRootLogin: 'prohibit-password',
    Subsystem: 'sftp internal-sftp',
    PidFile: 'none',
  };
  const options = Object.entries(settings).map(([name, value]) => `-o '${name} ${value}'`);
  const script = [
    'mkdir -p /run/sshd',
    "for key in host user; do ssh-keygen -q -t ed25519 -N '' -f /data/$key; done",
    `exec /usr/sbin/sshd -D -e -f /dev/null ${options.join(' ')}`,
  ].join('\n');
  const { stop } = await startInRoot(t, { root, script, data, port, seconds: 20 });
  const [type, key] = (await readFile(join(data, 'host.pub'), 'utf8')).split(' ');
  const knownHosts = `[127.0.0.1]:${port} ${type} ${key}\n`;
  return {
    sftp: { server: '127.0.0.1', port, user: 'root', path: '/data/repository', knownHosts },
    privateKey: await readFile(join(data, 'user'), 'utf8'),
    stop,
  };
}
