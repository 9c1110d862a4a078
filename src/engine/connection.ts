import { Agent } from 'node:http';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import { fail } from '../errors.ts';
import { type Meanings, translateEngineError } from './translate-error.ts';

/**
 * Longest answers that are waited for, in seconds: to a question that is asked while a caller waits and may stay
 * unanswered, to any other question, to a change, and to what may move data or wait for a process.
 */
export const patience = { glance: 2, question: 10, change: 60, lengthy: 600 } as const;

/** A way to one engine. Connections are opened when they are needed and kept for the next request. */
export interface Connection {
  readonly host: string;
  readonly docker: Docker;
  /**
   * Asks the engine and waits `seconds` for its answer. Throws `host_unavailable` when there is none, the failure that
   * `meanings` gives the status of a refusal, else `engine_error`.
   */
  ask<T>(seconds: number, request: (signal: AbortSignal) => Promise<T>, meanings?: Meanings): Promise<T>;
  close(): void;
}

/** Connects to the engine at `unix:///path` or `tcp://name:port`; nothing is sent yet. */
export function connectDocker(host: string, endpoint: string): Connection {
  const agent = new QuietAgent({ keepAlive: true });
  const options = { ...address(endpoint), agent };
  const docker = new Docker(options);

  return {
    host,
    docker,
    async ask(seconds, request, meanings) {
      const deadline = AbortSignal.timeout(seconds * 1000);
      try {
        return await Promise.race([request(deadline), rejectOnAbort(deadline)]);
      } catch (error) {
        throw translateEngineError(host, deadline.aborted ? deadline.reason : error, meanings);
      }
    },
    close: () => agent.destroy(),
  };
}

/** docker-modem prints all options of a request for its debugging, also when nobody debugs: an agent with its sockets takes it long. */
class QuietAgent extends Agent {
  [inspect.custom](): string {
    return 'Agent';
  }
}

// Every field is given, since dockerode fills in what is missing from the environment.
function address(endpoint: string) {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  if (protocol === 'unix:') return { socketPath: pathname, host: '', port: '', protocol: 'http' as const };
  if (protocol === 'tcp:' || protocol === 'http:')
    return { host: hostname, port: port || '2375', protocol: 'http' as const, pathPrefix: '/' };
  throw fail(
    'engine_setup_unavailable',
    `The endpoint of a Docker engine begins with unix:// or tcp://, not with ${protocol}//.`,
  );
}

// The deadline holds even where dockerode does not listen to the signal any more.
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}
