import { databaseOf } from '../database-images.ts';
import { rule } from '../rule.ts';

const mebibyte = 2 ** 20;
const largestBytes = 100 * mebibyte;
const fastestBytesPerDay = 50 * mebibyte;

export const growingLayer = rule({
  id: 'CNT-001',
  subject: 'container',
  title: 'Data grows in the writable layer',
  severity: 'low',
  why: 'What a container writes beside its mounts is gone with it, is in no backup, and fills the disk of Docker. For a database it is the data itself.',
  remedy:
    '`docker diff CONTAINER` shows what was written, as `GET /v1/hosts/HOST/containers/CONTAINER/changes` does with sizes. Mount a volume there (`-v NAME:FOLDER`), a tmpfs for what is temporary, and write logs to the standard output.',
  check({ image, writable }) {
    if (writable === null) return null;
    const { bytes, growthBytesPerDay: growth } = writable;
    const isGrowing = growth !== null && growth > fastestBytesPerDay;
    if (bytes <= largestBytes && !isGrowing) return null;
    const growthText = growth === null ? '' : ` and grows by ${Math.round(growth)} bytes a day`;
    return {
      detail: `The writable layer has ${bytes} bytes${growthText}.`,
      evidence: {
        bytes: String(bytes),
        ...(growth === null ? {} : { growthBytesPerDay: String(Math.round(growth)) }),
      },
      severity: databaseOf(image) === null ? 'low' : 'high',
    };
  },
});
