import { readFileSync } from 'node:fs';
import t from 'tap';
import { withEvents } from '../../../setup/events-page.ts';
import { eventTypes } from '../../../src/events/catalogue.ts';
import { typesMatching } from '../../../src/events/type-filter.ts';

t.test('docs/events.md has every type, as the catalogue declares it', async (t) => {
  const document = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
  t.ok(withEvents(document) === document, 'fresh (else: node setup/emit-interfaces.ts)');
  t.match(document, '### stowage.job.failed');
  t.throws(() => withEvents('# no marks'), /once/);
});

t.test('types are words of one form', async (t) => {
  t.same(
    eventTypes.filter((type) => !/^stowage(\.[a-z]+){2,3}$/.test(type)),
    [],
  );
});

t.test('a filter stands for one type or for all below a dot', async (t) => {
  t.same(typesMatching(['stowage.job.failed']), ['stowage.job.failed']);
  t.same(typesMatching(['stowage.host.*', 'stowage.host.away']), ['stowage.host.away', 'stowage.host.back']);
  t.equal(typesMatching(['stowage.*']).length, eventTypes.length);
  for (const odd of ['stowage', 'stowage.job', 'job.*', '*', 'stowage.job*', '.*', 'STOWAGE.job.*'])
    t.throws(() => typesMatching([odd]), { code: 'invalid_input' }, odd);
});
