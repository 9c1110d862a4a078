import { rule } from '../rule.ts';

export const uncovered = rule({
  id: 'BKP-003',
  subject: 'volume',
  title: 'Nothing backs a volume up',
  severity: 'medium',
  why: 'No policy covers the volume, and it has no class of data that is backed up. When its host, its disk or a command goes wrong, what it holds is gone.',
  remedy:
    'Give it a class (`PATCH /v1/hosts/HOST/volumes/NAME` with `{"class": "user"}`), or a policy: `POST /v1/policies`. In a compose file the labels `stowage.class` and `stowage.policy` say the same; `stowage.backup: "off"` says that nobody would miss it.',
  check({ name, protection, createdAt }, { now, uncoveredSeconds }) {
    if (protection?.state !== 'uncovered' || createdAt === null) return null;
    if (now.getTime() - createdAt.getTime() < uncoveredSeconds * 1000) return null;
    const [reason = ''] = protection.problems;
    return {
      detail: `Volume ${name} is not backed up. ${reason}`,
      evidence: { since: createdAt.toISOString(), lastBackup: protection.lastBackup?.takenAt ?? 'never' },
    };
  },
});

export const brokenPromise = rule({
  id: 'BKP-004',
  subject: 'volume',
  title: 'A volume is not protected as promised',
  severity: 'high',
  why: 'The newest good backup is older than the recovery point objective of the volume allows, or a restore takes longer than its recovery time objective: if it were lost now, more would be lost, or for longer, than was agreed.',
  remedy:
    'Look at `GET /v1/hosts/HOST/volumes/NAME/protection`: it names the job that failed last. Back the volume up now (`POST /v1/hosts/HOST/volumes/NAME/backups`), and see to it that its policy can run. Where the objective cannot be met, change it: `PATCH /v1/policies/POLICY` or `PATCH /v1/data-classes/CLASS`.',
  check({ name, protection }) {
    if (protection?.state !== 'breached') return null;
    return {
      detail: `Volume ${name}: ${protection.problems.join(' ')}`,
      evidence: {
        lastBackup: protection.lastBackup?.takenAt ?? 'never',
        rpoSeconds: String(protection.rpoSeconds ?? 'none'),
        rtoSeconds: String(protection.rtoSeconds ?? 'none'),
      },
    };
  },
});

export const tooFewCopies = rule({
  id: 'BKP-005',
  subject: 'volume',
  title: 'The copies of a volume are too few, or too near',
  severity: 'info',
  why: 'Three copies on two media, one of them off-site: what has fewer can be lost with one building, one kind of storage, or one account.',
  remedy:
    'Give its policy another repository in `copyTo` (`PATCH /v1/policies/POLICY`), and say of each repository which medium it is and whether it is off-site: `PATCH /v1/repositories/REPOSITORY`.',
  check({ name, protection }) {
    if (protection === null || protection.sources.length === 0 || protection.lastBackup === null) return null;
    const { satisfied, copies, media, offSite, missing } = protection.copies;
    if (satisfied) return null;
    return {
      detail: `Volume ${name}: ${missing.join(' ')}`,
      evidence: { copies: String(copies), media: media.join(', '), offSite: String(offSite) },
    };
  },
});

export const suspectBackup = rule({
  id: 'BKP-006',
  subject: 'volume',
  title: 'The newest backups of a volume look like a loss',
  severity: 'high',
  why: 'The newest backup is empty or much smaller than those before, or most of what it holds is new: as after a deletion, a mount that is missing, or an encryption by somebody else. Retention removes no snapshot of the volume until it is known what happened.',
  remedy:
    'Look at what is there: `GET /v1/snapshots/SNAPSHOT/entries`, of this backup and of the one before. Where data was lost, restore it. Where all is as it should be, acknowledge this finding with the reason, and retention goes on.',
  check({ name, protection }) {
    if (protection === null || protection.anomaly === null) return null;
    return {
      detail: `Volume ${name}: ${protection.anomaly}`,
      evidence: { lastBackup: protection.lastBackup?.snapshot.slice(0, 8) ?? 'none' },
    };
  },
});
