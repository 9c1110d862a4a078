import t from 'tap';
import { isFailure } from '../../../src/errors.ts';
import { readYaml } from '../../../src/mounts/yaml-document.ts';

const most = 60_000;
const repeated = (text: string) => text.repeat(most / text.length);
const nine = (name: string) => `[${Array(9).fill(name).join(', ')}]`;
const laughs = [
  `a: &a ${nine('ha')}`,
  ...[...'bcdefghi'].map((name, index) => `${name}: &${name} ${nine(`*${'abcdefgh'[index]}`)}`),
].join('\n');

const bad: [what: string, text: string, message: RegExp][] = [
  ['a billion laughs', laughs, /aliases that grow without bounds/],
  ['more aliases than anybody needs', `a: &a 1\nb: [${'*a, '.repeat(300)}]`, /too many aliases/],
  ['more anchors than anybody needs', repeated('&a '), /too many anchors/],
  ['lists in lists', repeated('['), /too many brackets/],
  ['lists in lists, by indentation', repeated('- '), /too many levels/],
  ['keys in keys', repeated('? '), /too many levels/],
  ['deep indentation', Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), /indented/],
  ['a huge document', 'x'.repeat(70_000), /70000 bytes/],
  [
    'a document of too many words',
    Array.from({ length: 9_000 }, (_, index) => `k${index}:`).join('\n'),
    /too many words/,
  ],
  ['thousands of errors', repeated('}\n'), /Line 1: a bracket is closed/],
  ['thousands of bad escapes', repeated('"\\q" '), /unknown escape/],
  ['thousands of nested mappings', repeated('a: b: c\n'), /too many colons/],
  ['a key that is there twice', 'a: 1\nb: 2\na: 3', /Line 3: the key "a" is there twice/],
  ['a tag', 'a: !!binary eA==', /Line 1: "!!binary" is not supported/],
  ['a tag of Compose', 'a: !reset null', /"!reset" is not supported/],
  ['a directive', '%TAG ! x:\n---\na: 1', /"%TAG ! x:" is not supported/],
  ['a merge key', 'a: &a {x: 1}\nb:\n  <<: *a', /Line 3: the merge key/],
  ['two documents', 'a: 1\n---\nb: 2', /more than one document/],
  ['a key that is a list', '? [a]\n: b', /plain word/],
  ['tabs', 'a:\n\tb: 1', /Line 2: Tabs/],
  ['a bracket that stays open', 'a: [1', /Line 1: /],
  ['an alias of nothing', 'a: *b', /Unresolved alias/],
];

for (const [what, text, message] of bad)
  t.test(`refuses ${what} at once`, async (t) => {
    const startedAt = performance.now();
    try {
      readYaml(text);
      t.fail('it was read');
    } catch (error) {
      if (!isFailure(error, 'compose_invalid')) throw error;
      t.match(error.message, message);
    }
    t.ok(performance.now() - startedAt < 1_000, 'within a second');
  });

t.test('reads plain data, aliases included', async (t) => {
  t.same(readYaml('a: &a {x: 1}\nb: *a\nc: [yes, no, on, 012, "\\u0041\\n"]\n# note\n__proto__: {p: 1}'), {
    a: { x: 1 },
    b: { x: 1 },
    c: ['yes', 'no', 'on', 12, 'A\n'],
    ['__proto__']: { p: 1 },
  });
  t.equal(readYaml(''), null);
});
