import type { Actor, ProjectScope } from './access/roles.ts';
import type { Sessions } from './access/sessions.ts';
import type { Config } from './config.ts';
import type { AdvisoryLocks } from './database/advisory-locks.ts';
import type { Database } from './database/client.ts';
import type { Notices } from './database/notices.ts';
import type { Engines } from './engine/engines.ts';
import type { Failure } from './errors.ts';
import type { Log } from './log.ts';
import type { Queue } from './queue/queue.ts';
import type { Telemetry } from './telemetry.ts';
import type { Vault } from './vault.ts';

/** What operations and jobs work with. Put together once, by `main.ts` (or a test). */
export interface Ports {
  readonly config: Config;
  readonly db: Database;
  readonly locks: AdvisoryLocks;
  readonly notices: Notices;
  readonly engines: Engines;
  readonly queue: Queue;
  readonly vault: Vault;
  readonly sessions: Sessions;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** One call of one operation: who, how it came in, and what it works with. */
export interface Context {
  readonly ports: Ports;
  readonly actor: Actor | null;
  /** Why the credential that was given makes nobody an actor (expired, revoked, database away). */
  readonly refusal?: Failure | undefined;
  readonly via: 'rest' | 'graphql' | 'job' | 'system';
  readonly requestId: string;
  /** The caller's promise that a repeated call means the same one. */
  readonly idempotencyKey?: string | undefined;
  /** Which part of the request this call is, when it has several: the alias of a GraphQL mutation. The key counts per part. */
  readonly requestPart?: string | undefined;
}

/** What `run` gets: a call that was let in. */
export interface AdmittedContext extends Context {
  readonly actor: Actor;
  /** The projects whose objects this call may see; lists filter by it. */
  readonly scope: ProjectScope;
  /** Id for what this call creates: the same again when a call with an idempotency key is repeated after a crash. */
  readonly onceId: string;
}
