import { randomUUID } from 'node:crypto';
import { systemActor } from './access/roles.ts';
import type { AdmittedContext, Ports } from './context.ts';

/** A call that nobody made: for work that Stowage asks of itself. */
export function systemCall(ports: Ports): AdmittedContext {
  return {
    ports,
    actor: systemActor,
    via: 'system',
    requestId: randomUUID(),
    scope: 'all',
    onceId: randomUUID(),
  };
}
