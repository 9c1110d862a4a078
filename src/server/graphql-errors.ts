import { type ExecutionResult, GraphQLError, Kind } from 'graphql';
import { type ErrorCode, type Failure, fail, isFailure } from '../errors.ts';
import type { Log } from '../log.ts';
import { translateHttpError } from './http-failures.ts';
import { publicFailure, statusOf } from './problem.ts';

/** A failure as an error of GraphQL: the same code, text and issues as the problem document has. */
export function graphqlError(error: unknown, requestId: string, log: Pick<Log, 'error'>): GraphQLError {
  const failure = failureOf(error, requestId, log);
  const { code, kind, errors, retryAfterSeconds } = failure;
  const more = {
    ...(errors === undefined ? {} : { errors }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const extensions = { code, kind, requestId, ...more };
  const located =
    error instanceof GraphQLError
      ? {
          nodes: error.nodes ?? null,
          source: error.source ?? null,
          positions: error.positions ?? null,
          path: error.path ?? null,
        }
      : {};
  return new GraphQLError(failure.message, { ...located, originalError: failure, extensions });
}

/** The answer to a request that had errors. A fault of the request itself has the status that REST gives it. */
export function formatErrors(execution: ExecutionResult, requestId: string, log: Pick<Log, 'error'>) {
  const errors = (execution.errors ?? []).flatMap(unwrap).map((error) => graphqlError(error, requestId, log));
  const isExecuted = execution.data !== undefined && execution.data !== null;
  const fault = isExecuted ? undefined : errors.find(({ path }) => path === undefined);
  const statusCode = fault === undefined ? 200 : statusOf(fault.extensions['code'] as ErrorCode);
  return { statusCode, response: { data: execution.data ?? null, errors: errors.map((error) => error.toJSON()) } };
}

/** Mercurius wraps what it found in a document into one error; the list is what the caller needs. */
function unwrap(error: GraphQLError): readonly GraphQLError[] {
  const { originalError } = error;
  if (
    originalError === undefined ||
    !('errors' in originalError) ||
    !Array.isArray(originalError.errors) ||
    isFailure(originalError)
  )
    return [error];
  return originalError.errors.map((inner: Error) =>
    inner instanceof GraphQLError
      ? inner
      : new GraphQLError(inner.message, { originalError: fail('invalid_query', inner.message) }),
  );
}

function failureOf(error: unknown, requestId: string, log: Pick<Log, 'error'>): Failure {
  const thrown = rootOf(error);
  if (isOfMercurius(thrown)) return fail('invalid_query', thrown.message);
  if (thrown instanceof GraphQLError)
    return fail(isAboutInput(thrown) ? 'invalid_input' : 'invalid_query', thrown.message);
  const root = translateHttpError(thrown);
  if (isFailure(root)) return root;
  log.error({ err: root, requestId }, 'an unexpected error');
  return publicFailure(root, requestId);
}

/** What mercurius itself has against a request, such as one without a query. */
function isOfMercurius(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('MER_ERR_');
}

/** What a resolver or a scalar threw, however often GraphQL wrapped it; else the error itself. */
function rootOf(error: unknown): unknown {
  const inner = innermost(error);
  return inner instanceof GraphQLError ? error : inner;
}

function innermost(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? innermost(error.originalError) : error;
}

const inputNodes: ReadonlySet<string> = new Set([
  Kind.ARGUMENT,
  Kind.OBJECT_FIELD,
  Kind.VARIABLE_DEFINITION,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);

/** Whether GraphQL refused values, which REST calls `invalid_input`, rather than the document. */
function isAboutInput({ nodes, message }: GraphQLError): boolean {
  const kind = nodes?.[0]?.kind;
  if (kind !== undefined && inputNodes.has(kind)) return true;
  // A required argument that is missing is told of the field; nothing but the text says what is wrong with it.
  return /^(Field|Argument) ".*" argument ".*" .*required/.test(message) || /^Variable "\$/.test(message);
}
