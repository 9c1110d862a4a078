import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentialOf } from './access/roles.ts';
import type { AdmittedContext } from './context.ts';
import type { Database } from './database/client.ts';
import { type ErrorCode, fail, type InputIssue, isFailure } from './errors.ts';
import type { AnyOperation } from './operation.ts';

const keptHours = 24;
const waitMilliseconds = 10_000;
const pollMilliseconds = 50;

/** The halves of a call: what lets it in, and the work. */
interface Work<Out> {
  /** `isRepeated`: the same call was let in before, and was cut off before its answer was stored. */
  admit(isRepeated: boolean): Promise<void>;
  run(onceId: string): Promise<Out>;
  /** What the call that was cut off gave, when its work was done; null when it was not. */
  recall(onceId: string): Promise<Out | null>;
}

/** An answer as it is stored: what the command gave, or the failure that it ended with. */
type Answer =
  | { readonly output: unknown }
  | { readonly code: ErrorCode; readonly detail: string; readonly errors?: readonly InputIssue[] };

/** What is stored of a key. */
type StoredKey = NonNullable<Awaited<ReturnType<Database['idempotencyKey']['findUnique']>>>;

/** Id of a call, and of what it creates, when it has no idempotency key. */
export function newOnceId(): string {
  return randomUUID();
}

/**
 * Carries a command out once per idempotency key, across replicas. The same key with the same operation and input gives
 * the first answer again; a first call that was cut off is repeated under its `onceId`. Without a key it just runs.
 * Throws `idempotency_key_invalid`, `idempotency_key_reused`, and `idempotency_in_progress` when the first call takes
 * longer than ten seconds.
 */
export async function once<Out>(
  operation: AnyOperation,
  context: AdmittedContext,
  input: unknown,
  work: Work<Out>,
): Promise<Out> {
  const key = operation.kind === 'command' ? readKey(context) : undefined;
  if (key === undefined) {
    await work.admit(false);
    return work.run(context.onceId);
  }
  return holding(context, key, () => answerOnce(operation, context, key, input, work));
}

/** Forgets the answers that are older than a day. */
export async function forgetOldKeys(db: Database): Promise<number> {
  const { count } = await db.idempotencyKey.deleteMany({
    where: { createdAt: { lt: new Date(Date.now() - keptHours * 3_600_000) } },
  });
  return count;
}

function readKey({ idempotencyKey: key, requestPart: part }: AdmittedContext): string | undefined {
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw fail('idempotency_key_invalid', 'An idempotency key has 1 to 255 visible ASCII characters.');
  return part === undefined ? key : `${key}/${part}`;
}

/** One call per key at a time. It asks again and again, so that those who wait hold no connection to the database. */
async function holding<Out>({ ports, actor }: AdmittedContext, key: string, work: () => Promise<Out>): Promise<Out> {
  const deadline = Date.now() + waitMilliseconds;
  do {
    const held = await ports.locks.tryHold(`idempotency/${credentialOf(actor)}/${key}`, async () => ({
      output: await work(),
    }));
    if (held !== null) return held.output;
    await sleep(pollMilliseconds);
  } while (Date.now() < deadline);
  throw fail(
    'idempotency_in_progress',
    'The first request with this idempotency key is still at work; repeat it later.',
  );
}

async function answerOnce<Out>(
  operation: AnyOperation,
  context: AdmittedContext,
  key: string,
  input: unknown,
  work: Work<Out>,
): Promise<Out> {
  const { idempotencyKey: keys } = context.ports.db;
  const id = { actor: credentialOf(context.actor), key };
  const fingerprint = fingerprintOf(input);
  const first = await keys.findUnique({ where: { actor_key: id } });
  if (first !== null && !isSame(first, operation, fingerprint))
    throw fail(
      'idempotency_key_reused',
      'This idempotency key was used for another operation or another input; take a new key.',
    );
  const answer = first === null ? null : readAnswer(context, first);
  if (answer !== null) {
    // Who has lost the object since is not told of it again.
    await work.admit(true);
    return replay<Out>(answer);
  }

  await work.admit(first !== null);
  const onceId = first?.onceId ?? context.onceId;
  if (first === null) await keys.create({ data: { ...id, operation: operation.id, fingerprint, onceId } });
  const store = (given: Answer) =>
    keys.update({ where: { actor_key: id }, data: { answer: seal(context, key, given), completedAt: new Date() } });
  return runAndStore(
    async () => (first === null ? null : await work.recall(onceId)) ?? (await work.run(onceId)),
    store,
  );
}

async function runAndStore<Out>(run: () => Promise<Out>, store: (answer: Answer) => Promise<unknown>): Promise<Out> {
  try {
    const output = await run();
    await store({ output });
    return output;
  } catch (error) {
    const answer = lastingFailure(error);
    if (answer !== null) await store(answer);
    throw error;
  }
}

/** What would fail again however often it is repeated; the rest is not stored, so that a repetition tries again. */
function lastingFailure(error: unknown): Answer | null {
  if (!isFailure(error) || error.retryable) return null;
  if (['unavailable', 'internal', 'limit', 'unauthenticated', 'forbidden'].includes(error.kind)) return null;
  return { code: error.code, detail: error.message, ...(error.errors === undefined ? {} : { errors: error.errors }) };
}

function replay<Out>(answer: Answer): Out {
  if ('code' in answer)
    throw fail(
      answer.code,
      answer.errors === undefined ? answer.detail : { detail: answer.detail, errors: answer.errors },
    );
  return answer.output as Out;
}

// An answer may hold what is shown only once, such as a new API key: it is sealed like every secret.
function seal({ ports }: AdmittedContext, key: string, answer: Answer) {
  return { sealed: Buffer.from(ports.vault.seal(JSON.stringify(answer), purposeOf(key))).toString('base64') };
}

function readAnswer({ ports }: AdmittedContext, { key, answer }: StoredKey): Answer | null {
  if (typeof answer !== 'object' || answer === null || !('sealed' in answer) || typeof answer['sealed'] !== 'string')
    return null;
  return JSON.parse(ports.vault.open(Buffer.from(answer['sealed'], 'base64'), purposeOf(key))) as Answer;
}

function purposeOf(key: string): string {
  return `the answer to the idempotency key ${key}`;
}

function isSame(first: StoredKey, { id }: AnyOperation, fingerprint: Uint8Array): boolean {
  return first.operation === id && Buffer.compare(first.fingerprint, fingerprint) === 0;
}

function fingerprintOf(input: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(canonicalJson(input)).digest());
}

/** JSON whose keys are sorted, so that equal inputs give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
