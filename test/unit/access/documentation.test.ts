import { readFileSync } from 'node:fs';
import t from 'tap';
import { withMatrix } from '../../../setup/access-matrix.ts';

t.test('the tables of docs/access.md are those that the operations make', async (t) => {
  const document = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8');
  t.ok(withMatrix(document) === document, 'fresh (else: node setup/emit-interfaces.ts)');
  t.match(
    document,
    /\| `tokens.create` +\| `POST \/v1\/tokens` +\| `createToken` +\| admin +\| the project of the object +\|/,
  );
  t.throws(() => withMatrix('# no marks'), /2 times/);
});
