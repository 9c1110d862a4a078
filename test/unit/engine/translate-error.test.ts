import t from 'tap';
import { translateEngineError } from '../../../src/engine/translate-error.ts';
import { fail } from '../../../src/errors.ts';

const withCode = (code: string) => Object.assign(new Error(`connect ${code} /secret/path`), { code });
const refusal = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), { statusCode, json: { message } });

t.test('an engine that is away is named, without the words of the system', (t) => {
  for (const code of ['ECONNREFUSED', 'ENOENT', 'ETIMEDOUT', 'ECONNRESET', 'EHOSTUNREACH']) {
    const failure = translateEngineError('local', withCode(code));
    t.match(
      failure,
      { code: 'host_unavailable', message: /^The Docker engine of host "local" does not answer: [a-z ]+\.$/ },
      code,
    );
  }
  const late = translateEngineError(
    'local',
    new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
  );
  t.match(late, { code: 'host_unavailable', message: /it did not answer in time/ });
  t.end();
});

t.test('a refusal keeps the words of the engine', (t) => {
  const error = refusal(409, 'volume is in use - [abc]');
  t.match(translateEngineError('local', error), {
    code: 'engine_error',
    message: /refused: volume is in use - \[abc\]$/,
  });
  t.match(translateEngineError('local', error, { 409: 'volume_in_use' }), { code: 'volume_in_use' });
  t.match(translateEngineError('local', refusal(500, ''), { 409: 'volume_in_use' }), { code: 'engine_error' });
  t.end();
});

t.test('failures and defects stay what they are', (t) => {
  const defect = new TypeError('x is undefined');
  const failure = fail('volume_not_found', 'gone');
  t.equal(translateEngineError('local', defect), defect);
  t.equal(translateEngineError('local', failure), failure);
  t.end();
});
