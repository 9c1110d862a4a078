import { type ErrorCode, type Failure, fail, isFailure } from '../errors.ts';

/** Fastify's own errors (its codes start with FST_) that are the caller's fault, in the words of our catalogue. */
const codeOfFastify: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_input',
  FST_ERR_BAD_URL: 'invalid_input',
  FST_ERR_ASYNC_CONSTRAINT: 'route_not_found',
};

const details: Partial<Record<ErrorCode, string>> = {
  unsupported_media_type: 'Send the body as application/json.',
  body_too_large: 'The body is larger than this server accepts (STOWAGE_BODY_BYTES).',
};

/** Turns what the HTTP layer throws about a bad request into a failure; gives everything else back. */
export function translateHttpError(error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error)) return error;
  const code = codeOf(error);
  return code === undefined ? error : refusal(code, error);
}

function codeOf(error: Error): ErrorCode | undefined {
  const fastifyCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = codeOfFastify[fastifyCode];
  if (known !== undefined) return known;
  const isBadRequest =
    'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
  if (!isBadRequest) return undefined;
  return error instanceof SyntaxError ? 'invalid_json' : 'invalid_input';
}

function refusal(code: ErrorCode, cause: Error): Failure {
  return fail(code, { detail: details[code] ?? cause.message, cause });
}
