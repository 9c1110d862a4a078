import t from 'tap';
import { newLabels } from '../../../src/volumes/new-labels.ts';

t.test('project, environment and class become labels beside those that are given', (t) => {
  t.same(newLabels({ labels: { team: 'blue' }, project: 'shop', environment: 'test', class: 'user' }), {
    team: 'blue',
    'stowage.project': 'shop',
    'stowage.environment': 'test',
    'stowage.class': 'user',
  });
  t.same(newLabels({}), {});
  t.end();
});

t.test('the labels themselves may say it too', (t) => {
  t.same(newLabels({ labels: { 'stowage.project': 'shop' } }), { 'stowage.project': 'shop' });
  t.same(newLabels({ labels: { 'stowage.project': 'shop' }, project: 'shop' }), { 'stowage.project': 'shop' });
  t.end();
});

t.test('labels that contradict, or are set by Stowage alone, are refused with their place', (t) => {
  const refused: [Parameters<typeof newLabels>[0], string][] = [
    [{ labels: { 'stowage.project': 'shop' }, project: 'crm' }, '/labels/stowage.project'],
    [{ labels: { 'stowage.class': 'precious' } }, '/labels/stowage.class'],
    [{ labels: { 'stowage.project': 'no project name' } }, '/labels/stowage.project'],
    [{ labels: { 'stowage.once': 'x' } }, '/labels/stowage.once'],
    [{ labels: { 'stowage.job': 'x' } }, '/labels/stowage.job'],
  ];
  for (const [wishes, path] of refused)
    t.throws(() => newLabels(wishes), { code: 'invalid_input', errors: [{ path }] }, path);
  t.end();
});
