import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { recordAudit } from './access/audit.ts';
import { auditTarget } from './access/audit-target.ts';
import { actorOf, admit, admitToTarget } from './admission.ts';
import type { Context } from './context.ts';
import { translateDatabaseError } from './database/client.ts';
import { type ErrorCode, isFailure } from './errors.ts';
import { newOnceId, once } from './idempotency.ts';
import type { AnyOperation, Operation } from './operation.ts';

const tracer = trace.getTracer('stowage');

/** What a call finds out on its way, for the record of it. */
interface Course {
  project: string | null;
  isRefused: boolean;
  isProbe: boolean;
}

/** How a call ended: done, turned away for want of rights, or failed for any other reason. */
interface Ending {
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly code: ErrorCode | null;
  readonly project: string | null;
}

/**
 * The one door: every call of every operation, whichever way it came. It authenticates, authorizes, checks the input,
 * keeps the promise of an idempotency key, runs, audits, measures and traces. Throws the operation's failures, its own
 * (`unauthenticated`, `forbidden`, `invalid_input`, what the target says of an absent object, those of {@link once}) and
 * `database_unavailable`.
 */
export function invoke<In, Out>(operation: Operation<In, Out>, context: Context, input: unknown): Promise<Out> {
  return tracer.startActiveSpan(operation.id, async (span) => {
    const stopTimer = context.ports.telemetry.operations.startTimer({ operation: operation.id });
    const course: Course = { project: null, isRefused: false, isProbe: false };
    const conclude = async (ending: Ending) => {
      if (isAudited(operation, ending, course)) await audit(operation.id, context, input, ending);
      endSpan(span, context, ending);
      stopTimer({ outcome: ending.outcome });
    };
    try {
      const output = await carryOut(operation, context, input, course);
      await conclude({ outcome: 'ok', code: null, project: course.project });
      return output;
    } catch (thrown) {
      const error = translateDatabaseError(thrown);
      await conclude(endingOf(error, course));
      throw error;
    }
  });
}

/** Throws when a context has no actor, and audits it: for a request that names its operations only after it was read. */
export async function refuseAnonymous(context: Context, requestName: string): Promise<void> {
  try {
    actorOf(context);
  } catch (error) {
    const ending = endingOf(error, { project: null, isRefused: false, isProbe: false });
    if (ending.code !== 'rate_limited') await audit(requestName, context, null, ending);
    throw error;
  }
}

async function carryOut<In, Out>(
  operation: Operation<In, Out>,
  context: Context,
  input: unknown,
  course: Course,
): Promise<Out> {
  const admitted = admit(operation, context, newOnceId());
  operation.check(input);
  return once(operation, admitted, input, {
    async admit(isRepeated) {
      const { project, failure, isRefusal, isProbe = false } = await admitToTarget(operation, admitted, input);
      course.project = project;
      course.isRefused = isRefusal;
      course.isProbe = isProbe;
      // A repeated call was let in before, and may have made the object go away before it was cut off.
      const isGone = isRepeated && !isRefusal;
      if (failure !== null && !isGone) throw failure;
    },
    run: (onceId) => operation.run({ ...admitted, onceId }, input),
    recall: async (onceId) => (await operation.recall?.({ ...admitted, onceId }, input)) ?? null,
  });
}

function endingOf(error: unknown, { project, isRefused }: Course): Ending {
  if (!isFailure(error)) return { outcome: 'failed', code: 'internal', project };
  const isRefusal = isRefused || error.kind === 'forbidden' || error.kind === 'unauthenticated';
  return { outcome: isRefusal ? 'refused' : 'failed', code: error.code, project };
}

/**
 * Every command is audited, and of queries those that were turned away, or asked for what may be hidden from the caller. A
 * credential that was not even looked at leaves no event: else a flood of them would fill the audit.
 */
function isAudited({ kind }: AnyOperation, { outcome, code }: Ending, { isProbe }: Course): boolean {
  if (code === 'rate_limited') return false;
  return kind === 'command' || outcome === 'refused' || isProbe;
}

/**
 * Records a call after its work and before its answer. When that fails the answer stands, since the work is done: the
 * log holds the entry as an error.
 */
async function audit(
  operation: string,
  context: Context,
  input: unknown,
  { outcome, code, project }: Ending,
): Promise<void> {
  const entry = { operation, outcome, code, project, target: auditTarget(input) };
  try {
    await recordAudit(context, entry);
  } catch (err) {
    context.ports.log.error(
      { err, entry, actor: context.actor?.subject ?? null, requestId: context.requestId },
      'an audit event could not be written',
    );
  }
}

function endSpan(span: Span, { actor, requestId }: Context, { outcome, code }: Ending): void {
  span.setAttributes({
    'stowage.outcome': outcome,
    'stowage.actor': actor?.subject ?? 'anonymous',
    'stowage.request_id': requestId,
    ...(code === null ? {} : { 'stowage.code': code }),
  });
  if (outcome === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
