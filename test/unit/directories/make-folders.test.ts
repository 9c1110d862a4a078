import t from 'tap';
import { folderHelper, readFolderReport } from '../../../src/directories/make-folders.ts';
import { requireAllowedRoot } from '../../../src/directories/roots.ts';

t.test('the helper sees the root alone, without network', (t) => {
  const input = {
    root: '/srv/p',
    project: 'shop',
    folders: ['data', 'logs'],
    uid: 1,
    gid: 2,
    mode: '0750',
    adopt: false,
  };
  const { command, mounts, network, capabilities } = folderHelper(input);
  t.same(command.slice(3), ['make-folders', '/srv/p', 'shop', '1:2', '0750', 'no', 'data', 'logs']);
  t.same(mounts, [{ type: 'bind', source: '/srv/p', target: '/data', readOnly: false }]);
  t.equal(network, null);
  t.same(capabilities, ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID']);
  t.end();
});

t.test('its lines are read', (t) => {
  t.same(readFolderReport(['made /srv/a b', 'kept /srv/a b/c', 'noise', 'escapes /srv/x']), {
    made: ['/srv/a b'],
    kept: ['/srv/a b/c'],
    refusal: { kind: 'escapes', path: '/srv/x' },
  });
  t.same(readFolderReport([]), { made: [], kept: [], refusal: null });
  t.end();
});

t.test('roots are those that are allowed, word for word', (t) => {
  t.equal(requireAllowedRoot(undefined, ['/srv', '/mnt']), '/srv');
  t.equal(requireAllowedRoot('/mnt', ['/srv', '/mnt']), '/mnt');
  for (const root of ['/srv/', '/srv/x', '/', '', '/srv/../etc', 'srv'])
    t.throws(
      () => requireAllowedRoot(root, ['/srv']),
      { code: 'folder_not_allowed', errors: [{ path: '/root' }] },
      root,
    );
  t.throws(() => requireAllowedRoot(undefined, []), { code: 'folder_not_allowed', message: /STOWAGE_ALLOWED_ROOTS/ });
  t.end();
});
