import t from 'tap';
import { volumeHint } from '../../../src/images/volume-hint.ts';

const table: [string, RegExp | null][] = [
  ['/var/lib/postgresql', /PostgreSQL.*mount a volume at \/var\/lib\/postgresql\./],
  ['/var/lib/mysql', /MySQL/],
  ['/var/lib/mysql-files', null],
  ['/var/log', /logs/],
  ['/var/log/nginx', /mount a volume at \/var\/log\./],
  ['/data', /volume at \/data\./],
  ['/data/db', /MongoDB/],
  ['/database', null],
  ['/app/uploads', /uploads.*volume at \/app\/uploads\./],
  ['/app/uploads/2026', /volume at \/app\/uploads\./],
  ['/app/constructor', null],
  ['/tmp', null],
  ['/usr/lib', null],
  ['/', null],
  ['…', null],
];

for (const [folder, expected] of table)
  t.test(`what grows in ${folder}`, (t) => {
    const hint = volumeHint(folder, 'added');
    if (expected === null) t.equal(hint, null);
    else t.match(hint, expected);
    t.equal(volumeHint(folder, 'deleted'), null, 'nothing grows by deleting');
    t.end();
  });
