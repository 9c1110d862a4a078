import t from 'tap';
import { advance, courseOf, resultOf } from '../../../src/pruning/course.ts';
import { type PlannedItem, premiseOf } from '../../../src/pruning/judgement.ts';
import { changesSince, firstOf, summarize } from '../../../src/pruning/plan.ts';

const item = (id: string, more: Partial<PlannedItem> = {}): PlannedItem => ({
  kind: 'volume',
  id,
  name: id,
  bytes: 10,
  action: 'remove',
  reasons: ['unused'],
  project: null,
  snapshotFirst: true,
  premise: 'p',
  ...more,
});

t.test('a plan is summed up by kind; what is not measured is counted, not guessed', (t) => {
  const items = [
    item('a'),
    item('b', { bytes: null }),
    item('c', { action: 'keep' }),
    item('d', { kind: 'image', bytes: 5 }),
  ];
  t.same(summarize(items), [
    { kind: 'volume', remove: 2, keep: 1, freesBytes: 10, unmeasured: 1 },
    { kind: 'image', remove: 1, keep: 0, freesBytes: 5, unmeasured: 0 },
  ]);
  t.end();
});

t.test('a plan holds while all that goes is as it was', (t) => {
  const before = [item('a'), item('b', { action: 'keep' })];
  t.same(changesSince(before, [item('a')]), [], 'what stays anyway may go away');
  t.same(changesSince(before, [item('a'), item('c')]), [], 'what is new is no matter of the plan');
  t.same(changesSince(before, []), ['volume/a is gone']);
  t.same(changesSince(before, [item('a', { premise: 'q' })]), ['volume/a is not what it was']);
  t.match(changesSince(before, [item('a', { action: 'keep', reasons: ['It is used.'] })]), [/to stay now: It is used/]);
  t.same(changesSince(before, [item('a', { kind: 'network' })]), ['volume/a is gone'], 'a namesake of another kind');
  t.end();
});

t.test('premises are equal when facts are, in whatever order the engine says them', (t) => {
  t.equal(premiseOf('x', { a: '1', b: '2' }), premiseOf('x', { b: '2', a: '1' }));
  t.not(premiseOf('x', { a: '1' }), premiseOf('x', { a: '2' }));
  t.not(premiseOf(['a', 'b']), premiseOf(['b', 'a']));
  t.not(premiseOf(null), premiseOf('null'));
  t.end();
});

t.test('a clean-up goes on where it was left', (t) => {
  const items = [item('a'), item('b'), item('c')];
  const start = courseOf({ memory: {} });
  const one = advance({ ...start, begun: true }, { removed: true, bytes: 7 });
  const two = advance(one, { removed: false, reason: 'It is used.', isFailure: false });
  t.match(two, { next: 2, begun: false });
  t.same(courseOf({ memory: { course: JSON.parse(JSON.stringify(two)) } }), two, 'its memory holds it');
  t.same(resultOf(two, items), { removed: ['volume/a'], skipped: ['volume/b: It is used.'], bytesFreed: 7 });
  t.end();
});

t.test('a long list of reasons is cut', (t) => {
  t.equal(firstOf(['a', 'b']), 'a; b');
  t.equal(firstOf(['1', '2', '3', '4', '5', '6', '7']), '1; 2; 3; 4; 5; and 2 more');
  t.end();
});
