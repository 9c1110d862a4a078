import { type ErrorCode, type Failure, fail } from '../errors.ts';
import { readLine } from './output.ts';

/** What restic was asked to do, for the code of a failure that has no code of its own. */
export type ResticTask = 'backup' | 'restore' | 'init' | 'list' | 'dump' | 'unlock';

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
};

const sentences: Partial<Record<ErrorCode, string>> = {
  repository_missing:
    'There is no restic repository at the location; check the location, or restore the repository before it is used again.',
  repository_locked: 'Another restic works on the repository; wait for it, then retry.',
  repository_password_wrong: 'The stored password does not open the repository; someone has changed its key.',
  repository_credentials_wrong:
    'The server of the repository refuses the user and password; make a repository with the right ones.',
  repository_unreachable: 'The server of the repository does not answer; the job tries again.',
  repository_full: 'The repository has no space left; make room, then retry.',
  helper_interrupted: 'The helper container was killed or its engine was restarted; the next attempt starts anew.',
};

/** The failure behind an exit code other than 0 (and 3, which backup judges itself). `complaints` are lines of the standard error. */
export function exitFailure(task: ResticTask, exitCode: number, complaints: readonly string[]): Failure {
  const words = lastWords(complaints);
  const code = codes[exitCode] ?? codeOfWords(words, task) ?? general[task];
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
  return null;
}

/** What restic said last, without what could be long. */
export function lastWords(complaints: readonly string[]): string {
  const messages = complaints.map((line) => {
    const message = readLine(line);
    if (message === null) return line.startsWith('{') ? '' : line;
    return message.kind === 'exit' || message.kind === 'error' ? message.message : '';
  });
  const words = messages.map((message) => message.trim()).filter((message) => message !== '');
  return words.slice(-3).join('; ').slice(0, 600);
}
