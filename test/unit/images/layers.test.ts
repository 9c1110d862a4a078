import { createHash } from 'node:crypto';
import t from 'tap';
import { chainIdsOf, contentOf } from '../../../src/images/layers.ts';

const at = new Date('2026-01-02T03:04:05Z');
const digest = (name: string) => `sha256:${createHash('sha256').update(name).digest('hex')}`;
const step = (instruction: string, bytes: number) => ({ instruction, bytes, createdAt: at });

interface Case {
  readonly name: string;
  /** Words of the history and bytes, the first step first. */
  readonly steps: readonly [string, number][];
  readonly layers: number;
  /** Instruction of each layer. */
  readonly expected: readonly (string | null)[];
  readonly bytes: readonly (number | null)[];
  /** The other steps, with what is known of them. */
  readonly others: readonly [string | null, false | null][];
}

const table: Case[] = [
  {
    name: 'steps with bytes made the layers, those that configure made none',
    steps: [
      ['/bin/sh -c #(nop) ADD file:1 in / ', 100],
      ['/bin/sh -c #(nop)  ENV A=1', 0],
      ['/bin/sh -c make', 7],
      ['/bin/sh -c #(nop)  CMD ["x"]', 0],
    ],
    layers: 2,
    expected: ['ADD', 'RUN'],
    bytes: [100, 7],
    others: [
      ['ENV', false],
      ['CMD', false],
    ],
  },
  {
    name: 'all steps without bytes made a layer, as BuildKit does it',
    steps: [
      ['ADD x / # buildkit', 100],
      ['WORKDIR /srv', 0],
      ['RUN /bin/sh -c true # buildkit', 0],
      ['COPY . . # buildkit', 9],
    ],
    layers: 4,
    expected: ['ADD', 'WORKDIR', 'RUN', 'COPY'],
    bytes: [100, 0, 0, 9],
    others: [],
  },
  {
    name: 'no step without bytes made a layer, as the classic builder does it',
    steps: [
      ['/bin/sh -c #(nop) ADD file:1 in / ', 100],
      ['/bin/sh -c true', 0],
      ['/bin/sh -c #(nop) WORKDIR /srv', 0],
    ],
    layers: 1,
    expected: ['ADD'],
    bytes: [100],
    others: [
      ['RUN', false],
      ['WORKDIR', false],
    ],
  },
  {
    name: 'where it is open which of two made the layer, only what lies below and above is given',
    steps: [
      ['/bin/sh -c #(nop) ADD file:1 in / ', 100],
      ['/bin/sh -c true', 0],
      ['/bin/sh -c make', 7],
      ['/bin/sh -c true', 0],
      ['/bin/sh -c make install', 9],
    ],
    layers: 4,
    expected: ['ADD', null, null, 'RUN'],
    bytes: [100, null, null, 9],
    others: [
      ['RUN', null],
      ['RUN', null],
      ['RUN', null],
    ],
  },
  {
    name: 'a history that does not fit is not trusted',
    steps: [['/bin/sh -c make', 7]],
    layers: 2,
    expected: [null, null],
    bytes: [null, null],
    others: [['RUN', null]],
  },
  {
    name: 'more steps with bytes than layers are not trusted either',
    steps: [
      ['/bin/sh -c make', 7],
      ['/bin/sh -c make', 8],
    ],
    layers: 1,
    expected: [null],
    bytes: [null],
    others: [
      ['RUN', null],
      ['RUN', null],
    ],
  },
  { name: 'an import has a layer and no words', steps: [['', 5]], layers: 1, expected: [null], bytes: [5], others: [] },
  { name: 'an image without layers', steps: [], layers: 0, expected: [], bytes: [], others: [] },
];

for (const { name, steps, layers, expected, bytes, others } of table)
  t.test(name, (t) => {
    const digests = Array.from({ length: layers }, (_, index) => digest(String(index)));
    const content = contentOf({ layers: digests, steps: steps.map(([text, size]) => step(text, size)) });
    t.same(
      content.layers.map(({ instruction }) => instruction),
      expected,
    );
    t.same(
      content.layers.map((layer) => layer.bytes),
      bytes,
    );
    t.same(
      content.layers.map(({ number, digest }) => [number, digest]),
      digests.map((digest, index) => [index + 1, digest]),
    );
    t.same(
      content.otherSteps.map(({ instruction, madeLayer }) => [instruction, madeLayer]),
      others,
    );
    t.end();
  });

t.test('the chain id names a layer with all below it', (t) => {
  const [a, b, c] = ['a', 'b', 'c'].map(digest);
  const ab = digest(`${a} ${b}`);
  t.same(chainIdsOf([a ?? '', b ?? '', c ?? '']), [a, ab, digest(`${ab} ${c}`)]);
  t.same(chainIdsOf([b ?? '']), [b]);
  t.same(chainIdsOf([]), []);
  t.end();
});
