import { type Actor, reaches, scopeOf } from './access/roles.ts';
import type { AdmittedContext, Context, Ports } from './context.ts';
import { translateDatabaseError } from './database/client.ts';
import { type Failure, fail, isFailure } from './errors.ts';
import type { AnyOperation, Operation } from './operation.ts';

/** Tells who a credential (the value of the header `Authorization`) belongs to: null without one; throws what is wrong with it. `address`: where the call comes from. */
export type Authenticate = (ports: Ports, header: string | undefined, address: string) => Promise<Actor | null>;

/** The identity of a context: an actor, or why there is none. Throws only what is nobody's fault but ours. */
export async function identify(
  authenticate: Authenticate,
  ports: Ports,
  header: string | undefined,
  address: string,
): Promise<{ actor: Actor | null; refusal?: Failure }> {
  try {
    return { actor: await authenticate(ports, header, address) };
  } catch (thrown) {
    const error = translateDatabaseError(thrown);
    if (isFailure(error)) return { actor: null, refusal: error };
    throw error;
  }
}

/** The actor of a context. Throws why there is none: `unauthenticated`, or what was wrong with the credential. */
export function actorOf({ actor, refusal }: Context): Actor {
  if (actor !== null) return actor;
  throw refusal ?? fail('unauthenticated', 'Send an API key or a token in the header "Authorization: Bearer …".');
}

/** Lets a caller in who has the operation's permission somewhere (everywhere, where it must be so). Throws `forbidden`. */
export function admit({ id, reach, permission }: AnyOperation, context: Context, onceId: string): AdmittedContext {
  const actor = actorOf(context);
  const scope = scopeOf(actor, permission);
  const admitted = { ...context, actor, scope, onceId };
  if (reach === 'authenticated' || scope === 'all') return admitted;
  if (reach === 'everything')
    throw fail('forbidden', `${id} needs a role with the permission "${permission}" on everything.`);
  if (scope.length === 0) throw fail('forbidden', `${id} needs a role with the permission "${permission}".`);
  return admitted;
}

/** What became of a call that is about one object. */
export interface TargetAdmission {
  /** The project of the object; null when it has none, or is none. */
  readonly project: string | null;
  /** Why the call is turned away: the object is absent, hidden from the caller, or seen but not theirs to change. */
  readonly failure: Error | null;
  /** Turned away for want of rights, also where the caller is told that there is no such object. */
  readonly isRefusal: boolean;
  /** There is no such object, and the caller could not have seen it everywhere: recorded like a refusal, else the time that the record takes would tell the two apart. */
  readonly isProbe?: true;
}

/** Looks whether the object of a call is there, and within reach of the caller. An object is visible to who may read it. */
export async function admitToTarget<In>(
  operation: Operation<In>,
  context: AdmittedContext,
  input: In,
): Promise<TargetAdmission> {
  const { id, reach, permission } = operation;
  if (typeof reach === 'string') return { project: null, failure: null, isRefusal: false };
  const found = await reach.find(context, input);
  if (found === null) {
    // What is hidden is asked for by what it is shown to as well.
    await reach.isShown?.(context, input);
    const absent = { project: null, failure: reach.absent(input), isRefusal: false };
    return scopeOf(context.actor, 'read') === 'all' ? absent : { ...absent, isProbe: true };
  }
  const { project } = found;
  if (reaches(context.scope, project)) return { project, failure: null, isRefusal: false };
  const isShown = (await reach.isShown?.(context, input)) ?? false;
  if (isShown && reach.showingSuffices === true) return { project, failure: null, isRefusal: false };
  if (!isShown && !reaches(scopeOf(context.actor, 'read'), project))
    return { project, failure: reach.absent(input), isRefusal: true };
  return {
    project,
    failure: fail('forbidden', `${id} needs a role with the permission "${permission}" here.`),
    isRefusal: true,
  };
}
