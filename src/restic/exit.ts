import { type ErrorCode, type Failure, fail } from '../errors.ts';
import { readLine } from './output.ts';

/** What restic was asked to do, for the code of a failure that has no code of its own. */
export type ResticTask =
  | 'backup'
  | 'restore'
  | 'init'
  | 'list'
  | 'dump'
  | 'unlock'
  | 'test'
  | 'measure'
  | 'copy'
  | 'forget'
  | 'import'
  | 'check'
  | 'prune'
  | 'rotate';

/**
 * Exit codes of restic 0.19 (https://restic.readthedocs.io/en/stable/075_scripting.html), of the helper's entrypoint
 * (64: no secrets, 69: nothing listens) and of signals (128 + number).
 */
const codes: Readonly<Record<number, ErrorCode>> = {
  10: 'repository_missing',
  11: 'repository_locked',
  12: 'repository_password_wrong',
  64: 'helper_interrupted',
  69: 'repository_unreachable',
  130: 'helper_interrupted',
  137: 'helper_interrupted',
  143: 'helper_interrupted',
  255: 'helper_interrupted',
};

const general: Readonly<Record<ResticTask, ErrorCode>> = {
  backup: 'backup_failed',
  restore: 'restore_failed',
  init: 'helper_failed',
  list: 'helper_failed',
  dump: 'helper_failed',
  unlock: 'helper_failed',
  test: 'helper_failed',
  measure: 'helper_failed',
  copy: 'copy_failed',
  forget: 'helper_failed',
  import: 'helper_failed',
  check: 'helper_failed',
  prune: 'helper_failed',
  rotate: 'helper_failed',
};

const sentences: Partial<Record<ErrorCode, string>> = {
  repository_missing:
    'There is no restic repository at the location; check the location, or restore the repository before it is used again.',
  repository_locked: 'Another restic works on the repository; wait for it, then retry.',
  repository_password_wrong: 'The stored password does not open the repository; someone has changed its key.',
  repository_credentials_wrong:
    'The server of the repository refuses the credentials; give the repository the right ones, with the rights to read and write.',
  repository_bucket_missing: 'The bucket does not exist; make it, or correct its name.',
  repository_host_key_wrong:
    'The server shows another key than those in `knownHosts`; find out why before anything is sent to it.',
  repository_certificate_wrong:
    'The certificate of the server is not trusted; give the repository the `caCertificate` that it is signed with.',
  repository_not_writable:
    'The repository can be read and not written to; give it write access, or set its `readOnly`.',
  repository_unreachable: 'The server of the repository does not answer; the job tries again.',
  repository_full: 'The repository has no space left; make room, then retry.',
  helper_interrupted: 'The helper container was killed or its engine was restarted; the next attempt starts anew.',
};

/** What restic and ssh say when a server has refused for good, with the code that it has here. */
const refusals: readonly (readonly [RegExp, ErrorCode])[] = [
  [/bucket does not exist/i, 'repository_bucket_missing'],
  [/host key verification failed|no [\w-]+ host key is known/i, 'repository_host_key_wrong'],
  [/x509: |tls: failed to verify certificate|certificate is not trusted/i, 'repository_certificate_wrong'],
  [
    /signature we calculated does not match|access key id you provided does not exist|SignatureDoesNotMatch|InvalidAccessKeyId|access denied\b|permission denied \(/i,
    'repository_credentials_wrong',
  ],
];

/** How a line begins that is about the server, and not about a file whose name may hold any words. */
const aboutServer = /^(?:\w+\(.{0,200}\) returned error|Fatal: |subprocess ssh: )/;

/** Whether restic, which tries again for a quarter of an hour, will try in vain. */
export function isHopeless(line: string): boolean {
  return refusalOf(line) !== null;
}

function refusalOf(line: string): ErrorCode | null {
  if (!aboutServer.test(line)) return null;
  return refusals.find(([words]) => words.test(line))?.[1] ?? null;
}

/** The failure behind an exit code other than 0 (and 3, which backup judges itself). `complaints` are lines of the standard error. */
export function exitFailure(task: ResticTask, exitCode: number, complaints: readonly string[]): Failure {
  const words = lastWords(complaints);
  const refusal = complaints
    .map(wordsOf)
    .map(refusalOf)
    .find((code) => code !== null);
  const code = refusal ?? codes[exitCode] ?? codeOfWords(words, task) ?? general[task];
  return fail(
    code,
    `${sentences[code] ?? `restic ${task} ended with exit code ${exitCode}`}${words === '' ? '' : ` (restic: ${words})`}`,
  );
}

/** restic has no exit codes for these; its messages are the only sign. */
function codeOfWords(words: string, task: ResticTask): ErrorCode | null {
  if (/no space left on device|quota exceeded|insufficient storage/i.test(words))
    return task === 'restore' ? 'volume_full' : 'repository_full';
  if (/401 unauthorized|403 forbidden|unexpected http response \(40[13]\)/i.test(words))
    return 'repository_credentials_wrong';
  if (/connection refused|no such host|i\/o timeout|network is unreachable|no route to host/i.test(words))
    return 'repository_unreachable';
  // ssh has ended before restic had read why (seen in one of six calls): the next attempt is likely to tell.
  if (/unable to start the sftp session/i.test(words)) return 'repository_unreachable';
  if (task !== 'restore' && /read-only file system|permission denied/i.test(words)) return 'repository_not_writable';
  return null;
}

/** What restic said last, without what could be long. */
export function lastWords(complaints: readonly string[]): string {
  const words = complaints.map(wordsOf).filter((message) => message !== '');
  return words.slice(-3).join('; ').slice(0, 600);
}

/** A line of restic in words; empty for what is only data. */
function wordsOf(line: string): string {
  const message = readLine(line);
  if (message === null) return line.startsWith('{') ? '' : line.trim();
  return message.kind === 'exit' || message.kind === 'error' ? message.message.trim() : '';
}
