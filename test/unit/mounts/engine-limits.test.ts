import t from 'tap';
import { readContainerSpec } from '../../../src/mounts/container-spec.ts';
import { asEngineTakesIt } from '../../../src/mounts/engine-limits.ts';

const body = {
  HostConfig: {
    Binds: ['shop:/whole'],
    Mounts: [{ Type: 'volume', Source: 'shop', Target: '/part', VolumeOptions: { Subpath: 'a' } }],
  },
};
const asked = readContainerSpec({ value: body, path: '', code: 'container_spec_invalid' });

const table: [apiVersion: string | null, subpath: string | null][] = [
  ['1.41', null],
  ['1.44', null],
  ['1.45', 'a'],
  ['1.51', 'a'],
  ['2.0', 'a'],
  [null, 'a'],
  ['odd', 'a'],
];

for (const [apiVersion, subpath] of table)
  t.test(`an engine of API ${apiVersion} mounts ${subpath ?? 'the whole volume'}`, async (t) => {
    const { proposal, gaps } = asEngineTakesIt(asked, apiVersion);
    t.equal(proposal.container.mounts.find(({ target }) => target === '/part')?.subpath, subpath);
    t.equal(gaps.length, subpath === null ? 1 : 0);
  });
