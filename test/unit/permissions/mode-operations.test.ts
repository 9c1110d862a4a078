import t from 'tap';
import { adjustMode, operationsText, readMode } from '../../../src/permissions/mode-operations.ts';

t.test('modes are read and carried out as chmod does', async (t) => {
  const table: [string, 'folders' | 'files', number, number][] = [
    ['0750', 'folders', 0o2777, 0o750],
    ['2775', 'folders', 0o700, 0o2775],
    ['u=rwX,go=rX', 'folders', 0o600, 0o755],
    ['u=rwX,go=rX', 'files', 0o600, 0o644],
    ['u=rwX,go=rX', 'files', 0o700, 0o755],
    ['a+X', 'files', 0o610, 0o711],
    ['+x', 'files', 0o600, 0o711],
    ['go-w', 'files', 0o666, 0o644],
    ['g=', 'files', 0o674, 0o604],
    ['g+rws', 'folders', 0o755, 0o2775],
    ['g=rx', 'folders', 0o2700, 0o2750],
    ['g=rx', 'files', 0o2700, 0o750],
    ['g=rxs', 'files', 0o700, 0o2750],
    ['+t', 'folders', 0o777, 0o1777],
    ['u+x-w', 'files', 0o600, 0o500],
    ['o-rwx', 'files', 0o1777, 0o1770],
  ];
  for (const [text, kind, before, after] of table) {
    const operations = readMode('fileMode', text, kind);
    const adjusted = adjustMode(before, operations, kind === 'folders');
    t.equal(adjusted.toString(8), after.toString(8), `${text} on ${kind} of ${before.toString(8)}`);
  }
  t.equal(operationsText(readMode('fileMode', 'u=rwX,go-w', 'files')), '=:4700:600:1 -:2077:22:0');
});

t.test('what is no mode is refused', async (t) => {
  for (const text of ['', '8', '77', '77777', 'u', 'u=z', 'u=rw,', ',u=r', 'x=r', 'u=g', ' 755', '0o755'])
    t.throws(() => readMode('fileMode', text, 'files'), { code: 'invalid_input' }, text);
});
