import { posix } from 'node:path';
import { boundNamesOf, isWithin, mountEvidence, pathText } from '../bound-path.ts';
import type { MountFacts, SocketFacts } from '../facts.ts';
import { rule } from '../rule.ts';

export const dockerSocket = rule({
  id: 'MNT-001',
  subject: 'mount',
  title: "Docker's socket is mounted",
  severity: 'critical',
  why: 'Who can write to the socket of Docker is root on the host: it starts containers that mount all of it. That the mount is read-only does not help, since a socket is written to all the same.',
  remedy:
    'Take the mount away. What must talk to Docker gets a proxy that lets through only the calls it needs, such as `-e CONTAINERS=1 -v /var/run/docker.sock:/var/run/docker.sock` on a socket proxy alone, and `DOCKER_HOST=tcp://proxy:2375` for everybody else.',
  check({ mount }, { host }) {
    const names = boundNamesOf(mount);
    const socket = host.sockets.find((one) => leadsTo(mount, names, one))?.path ?? namedSocket(mount, names);
    if (socket === undefined) return null;
    const how = names.includes(socket) ? 'is the socket of Docker' : `gives the socket of Docker (${socket})`;
    return {
      detail: `${pathText(mount)} ${how} to whoever is in the container, at ${mount.target}.`,
      evidence: { ...mountEvidence(mount), socket },
    };
  },
});

function leadsTo({ path }: MountFacts, names: readonly string[], socket: SocketFacts): boolean {
  if (names.some((name) => isWithin(socket.path, name))) return true;
  return socket.identity !== null && path?.identity === socket.identity;
}

/** A socket of Docker in an unusual place, such as that of an engine without root. */
function namedSocket({ path }: MountFacts, names: readonly string[]): string | undefined {
  const kind = path?.kind ?? 'socket';
  return kind === 'socket' ? names.find((name) => posix.basename(name) === 'docker.sock') : undefined;
}
