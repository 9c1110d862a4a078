import { nameList } from '../name-list.ts';
import { rule } from '../rule.ts';

export const damagedBackup = rule({
  id: 'BKP-001',
  subject: 'volume',
  title: 'A snapshot of a volume is damaged',
  severity: 'critical',
  why: 'A check of the repository found data that this snapshot needs and that is gone, or not what was written. A restore of it fails, or brings back a part only.',
  remedy:
    'Back the volume up again while it is there: `POST /v1/hosts/HOST/volumes/NAME/backups`. Then delete the damaged snapshots, or have plain restic repair the repository (see the page on recovery), and find out why the storage lost data. `POST /v1/repositories/REPOSITORY/checks` with `"parts": 1` reads everything again.',
  check({ name, damagedSnapshots }) {
    const [first] = damagedSnapshots;
    if (first === undefined) return null;
    const ids = nameList(damagedSnapshots.map(({ id }) => id.slice(0, 8)));
    const repositories = nameList([...new Set(damagedSnapshots.map(({ repository }) => repository))]);
    return {
      detail: `Of volume ${name} ${damagedSnapshots.length === 1 ? 'a snapshot is' : `${damagedSnapshots.length} snapshots are`} damaged in ${repositories}: ${ids}.`,
      evidence: { snapshots: ids, repositories },
    };
  },
});

export const failedDrill = rule({
  id: 'BKP-002',
  subject: 'volume',
  title: 'The last restore drill of a volume failed',
  severity: 'critical',
  why: 'A snapshot of the volume was restored for a try, and not all of it came back, or its database server could not work with what came. The same would happen on the day when it is needed.',
  remedy:
    'Read the error and the log of the job; check the repository (`POST /v1/repositories/REPOSITORY/checks` with `"parts": 1`); back the volume up again and try the new snapshot: `POST /v1/hosts/HOST/volumes/NAME/restore-drills`.',
  check({ name, lastDrill }) {
    if (lastDrill === null || lastDrill.error === null) return null;
    const { snapshot, finishedAt, error } = lastDrill;
    return {
      detail: `Snapshot ${snapshot.slice(0, 8)} of volume ${name} could not be restored at ${finishedAt}: ${error.detail}`,
      evidence: { snapshot: snapshot.slice(0, 8), job: lastDrill.id, code: error.code },
    };
  },
});
