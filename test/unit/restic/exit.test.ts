import t from 'tap';
import { exitFailure, isHopeless, type ResticTask } from '../../../src/restic/exit.ts';

const retry = (words: string) => `Stat(<config/>) returned error, retrying after 1.2s: Stat: ${words}`;
const exitError = (message: string) => JSON.stringify({ message_type: 'exit_error', code: 1, message });

const hopeless: readonly [string, string][] = [
  [retry('The specified bucket does not exist.'), 'repository_bucket_missing'],
  [
    retry('The request signature we calculated does not match the signature you provided.'),
    'repository_credentials_wrong',
  ],
  [retry('The access key ID you provided does not exist in our records.'), 'repository_credentials_wrong'],
  [retry('Access Denied.'), 'repository_credentials_wrong'],
  [
    'Save(<data/1234>) returned error, retrying after 1s: Put "https://x/": x509: certificate signed by unknown authority',
    'repository_certificate_wrong',
  ],
  ['subprocess ssh: Host key verification failed.', 'repository_host_key_wrong'],
  [
    'subprocess ssh: No ED25519 host key is known for [nas]:22 and you have requested strict checking.',
    'repository_host_key_wrong',
  ],
  ['subprocess ssh: root@nas: Permission denied (publickey).', 'repository_credentials_wrong'],
];
for (const [line, code] of hopeless)
  t.test(line, async (t) => {
    t.ok(isHopeless(line));
    t.equal(exitFailure('backup', 137, ['something before', line]).code, code, 'also when it was ended for that');
  });

t.test('words of a file name, and errors that may pass, are not about the server', async (t) => {
  const ofFile = {
    message_type: 'error',
    error: { message: 'open /volumes/local/x/bucket does not exist: permission denied' },
    item: '/x',
  };
  for (const line of [
    JSON.stringify(ofFile),
    'error: open /volumes/local/x/Host key verification failed: permission denied',
    retry('connection reset by peer'),
    retry('503 Slow Down'),
    'Load(<index/12>) returned error, retrying after 1s: unexpected EOF',
  ])
    t.notOk(isHopeless(line), line);
});

const judged: readonly [ResticTask, number, string[], string][] = [
  ['backup', 10, [], 'repository_missing'],
  [
    'forget',
    11,
    [exitError('unable to create lock in backend: repository is already locked by PID 1 on alice-pc')],
    'repository_locked',
  ],
  ['test', 12, [exitError('Fatal: wrong password or no key found')], 'repository_password_wrong'],
  ['test', 69, ['stowage-helper: nothing answers at nas 22.'], 'repository_unreachable'],
  [
    'test',
    1,
    [
      'Fatal: unable to open repository at sftp:u@h:/x: unable to start the sftp session, error: error receiving version packet from server: read |0: file already closed',
    ],
    'repository_unreachable',
  ],
  ['backup', 137, [], 'helper_interrupted'],
  ['backup', 1, ['Fatal: write /repository/data/00: no space left on device'], 'repository_full'],
  ['restore', 1, ['Fatal: write /volumes/x: no space left on device'], 'volume_full'],
  [
    'backup',
    1,
    ['Fatal: unable to create lock in backend: OpenFile: open /repository/locks/1: read-only file system'],
    'repository_not_writable',
  ],
  ['backup', 1, ['Fatal: server response unexpected: 401 Unauthorized (401)'], 'repository_credentials_wrong'],
  ['copy', 1, ['Fatal: something else'], 'copy_failed'],
];
for (const [task, exitCode, complaints, code] of judged)
  t.test(`${task} with ${exitCode}: ${code}`, async (t) => {
    t.equal(exitFailure(task, exitCode, complaints).code, code);
  });
