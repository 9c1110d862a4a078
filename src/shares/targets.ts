import { fail } from '../errors.ts';
import type { Target } from '../operation.ts';
import { projectOfVolume, volumeTarget } from '../volumes/read.ts';
import { isRuleShownTo, projectOfRule } from './rule-store.ts';
import { isSharedWith } from './shared-with.ts';
import { findShareRow, isShownTo, shareNotFound } from './store.ts';

/** Operations on a share ask for a grant on its project; whom it is offered to may see it. */
export const shareTarget: Target<{ share: string }> = {
  find: ({ ports }, { share }) => findShareRow(ports.db, share),
  absent: ({ share }) => shareNotFound(share),
  isShown: ({ ports, actor }, { share }) => isShownTo(ports.db, actor, share),
};

/** For who need not reach its project: to see it is enough. */
export const shownShareTarget: Target<{ share: string }> = { ...shareTarget, showingSuffices: true };

/** A share is made by who operates the volume. */
export const newShareTarget: Target<{ host: string; volume: string }> = {
  find: ({ ports }, { host, volume }) => projectOfVolume(ports.db, host, volume),
  absent: ({ host, volume }) => volumeTarget.absent({ host, name: volume }),
  isShown: ({ ports, actor }, { host, volume }) => isSharedWith(ports.db, actor, host, volume),
};

/** A rule belongs to the project of its share; whom it is about may see it. */
export const accessRuleTarget: Target<{ share: string; accessRule: string }> = {
  find: ({ ports }, { share, accessRule }) => projectOfRule(ports.db, share, accessRule),
  absent: ({ share, accessRule }) =>
    fail('share_rule_not_found', `The share "${share}" has no access rule "${accessRule}".`),
  isShown: ({ ports, actor }, { accessRule }) => isRuleShownTo(ports.db, actor, accessRule),
};

export const shownAccessRuleTarget: Target<{ share: string; accessRule: string }> = {
  ...accessRuleTarget,
  showingSuffices: true,
};
