import t from 'tap';
import { readInstruction } from '../../../src/images/instruction.ts';

const table: [string, string | null, string | null][] = [
  ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD', 'CMD ["bash"]'],
  ['/bin/sh -c #(nop) ADD file:1a2b in / ', 'ADD', 'ADD file:1a2b in /'],
  ['|1 V=2 /bin/sh -c #(nop)  ENV A=1', 'ENV', 'ENV A=1'],
  ['/bin/sh -c apt-get update', 'RUN', 'RUN apt-get update'],
  ['|2 USER=a b TOKEN=c /bin/sh -c make all', 'RUN', 'RUN make all'],
  ['/bin/bash -o pipefail -c set -e', 'RUN', 'RUN set -e'],
  ['/bin/bash -euxo pipefail -c make', 'RUN', 'RUN make'],
  ['RUN /bin/sh -c make # buildkit', 'RUN', 'RUN make'],
  ['RUN |1 V=2 /bin/sh -c make\nmake install # buildkit', 'RUN', 'RUN make\nmake install'],
  ['RUN ["/bin/tool","x"]', 'RUN', 'RUN ["/bin/tool","x"]'],
  ['COPY . /srv # buildkit', 'COPY', 'COPY . /srv'],
  ['WORKDIR /srv', 'WORKDIR', 'WORKDIR /srv'],
  ['ENV A=# buildkit', 'ENV', 'ENV A=# buildkit'],
  ['bazel build ...', null, 'bazel build ...'],
  ['postgres -c x=1', null, 'postgres -c x=1'],
  ['', null, null],
  ['   ', null, null],
];

for (const [raw, instruction, createdBy] of table)
  t.test(`history says ${JSON.stringify(raw)}`, (t) => {
    t.same(readInstruction(raw), { instruction, createdBy });
    t.end();
  });
