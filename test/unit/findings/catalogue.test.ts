import { readFileSync } from 'node:fs';
import t from 'tap';
import { withRules } from '../../../setup/findings-page.ts';
import { rules } from '../../../src/findings/catalogue.ts';

const prefixes = { mount: ['MNT', 'SHR'], container: ['MNT', 'CNT'], volume: ['VOL', 'SHR', 'BKP'], host: ['HST'] };

t.test('every rule has an id of its own, and words for its page', async (t) => {
  t.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const { id, subject, title, why, remedy } of rules) {
    t.match(id, /^[A-Z]{3}-\d{3}$/);
    t.ok(prefixes[subject].includes(id.slice(0, 3)), id);
    t.notMatch(title, /\.$/, `${id}: a title is no sentence`);
    t.ok(why.endsWith('.') && why.length > 80, `${id}: why`);
    t.match(remedy, /`[^`]+`/, `${id}: the remedy says what to type`);
  }
});

t.test('docs/findings.md is made of the catalogue', async (t) => {
  const document = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
  t.ok(withRules(document) === document, 'fresh (else: node setup/emit-interfaces.ts)');
  for (const { id } of rules) t.match(document, `### ${id}`);
  t.throws(() => withRules('# no marks'), /once/);
});
