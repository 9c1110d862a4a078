import {
  catalogue,
  type ErrorCode,
  type ErrorKind,
  type Failure,
  fail,
  type InputIssue,
  isFailure,
} from '../errors.ts';

/** RFC 9457, with the stable `code` of the catalogue. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: readonly InputIssue[];
}

const statusOfKind: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  precondition: 412,
  limit: 429,
  internal: 500,
  upstream: 502,
  unavailable: 503,
};

const statusOfCode: Partial<Record<ErrorCode, number>> = { body_too_large: 413, unsupported_media_type: 415 };

/** HTTP status of an error code. */
export function statusOf(code: ErrorCode): number {
  return statusOfCode[code] ?? statusOfKind[catalogue[code].kind];
}

/** What a caller may know of anything that was thrown: a failure as it is, everything else as `internal`. */
export function publicFailure(error: unknown, requestId: string): Failure {
  if (isFailure(error)) return error;
  return fail('internal', {
    detail: `An unexpected error; the log of the server has it under the request id ${requestId}.`,
    cause: error,
  });
}

/** The problem document of a failure. `instance` is the path of the request. */
export function problem({ code, message: detail, errors }: Failure, instance: string, requestId: string): Problem {
  const { title } = catalogue[code];
  return {
    type: `/docs/errors#${code}`,
    title,
    status: statusOf(code),
    detail,
    code,
    instance,
    requestId,
    ...(errors === undefined ? {} : { errors }),
  };
}
