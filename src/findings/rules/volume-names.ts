import { namingIssues } from '../../volumes/read.ts';
import { rule } from '../rule.ts';

export const unfitName = rule({
  id: 'VOL-006',
  subject: 'volume',
  title: 'The name of a volume fits no style',
  severity: 'low',
  why: 'This installation wants names that say what a volume belongs to (`STOWAGE_NAMING_STYLES`). A name that says nothing is taken for rubbish, or kept for years because nobody dares to delete it.',
  remedy:
    'Docker cannot rename a volume: make one with a good name (`docker volume create PROJECT-WHAT`), restore a backup of this one into it, and delete this one. Anonymous volumes and those of Docker Compose are not judged.',
  check(volume, { naming }) {
    const issues = namingIssues(volume, naming);
    if (issues.length === 0) return null;
    return { detail: issues.join(' '), evidence: { name: volume.name, styles: naming.styles.join(', ') } };
  },
});
