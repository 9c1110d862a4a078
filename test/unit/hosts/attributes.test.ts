import t from 'tap';
import { attributesOf } from '../../../src/hosts/attributes.ts';

const nothing = { project: null, environment: null, class: null };
const compose = 'com.docker.compose.project';
const cases: [string, Record<string, string>, object][] = [
  ['nothing without labels', {}, nothing],
  ['the compose project', { [compose]: 'shop' }, { ...nothing, project: 'shop' }],
  [
    'a project of ours before that of compose',
    { [compose]: 'shop', 'stowage.project': 'crm' },
    { ...nothing, project: 'crm' },
  ],
  [
    'compose where ours is no project name',
    { [compose]: 'shop', 'stowage.project': ' ' },
    { ...nothing, project: 'shop' },
  ],
  [
    'environment and class',
    { 'stowage.environment': 'test', 'stowage.class': 'logs' },
    { project: null, environment: 'test', class: 'logs' },
  ],
  ['no class that does not exist', { 'stowage.class': 'precious' }, nothing],
];

for (const [what, labels, expected] of cases) {
  t.test(`labels say ${what}`, (t) => {
    t.same(attributesOf(labels), expected);
    t.end();
  });
}
