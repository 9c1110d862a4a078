import { crossesEnvironments, type Decision, decide, nobody } from './decide.ts';
import type { FittingAttachment, ReachedVolume } from './volume-index.ts';

/** A container, as far as its uses of volumes are judged. */
export interface UsingContainer {
  readonly name: string;
  readonly project: string | null;
  readonly environment: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** A mount of a container. */
export interface UsingMount {
  readonly target: string;
  readonly readOnly: boolean;
}

/** The attachments that a mount may have been made by, the newest last. */
export function attachmentsFitting(
  attachments: readonly FittingAttachment[],
  { name, project }: UsingContainer,
  { target }: UsingMount,
): FittingAttachment[] {
  return attachments.filter(
    (attachment) =>
      attachment.project === project &&
      attachment.target === target &&
      (attachment.container === null || attachment.container === name),
  );
}

/**
 * Whether a container may use a volume that a mount of it reaches; null where nobody has said anything about that. Of a volume
 * that is shared every use is judged. Of others, those from another project by a path (those by name are the finding of
 * the volume itself), and those within a project that cross its environments.
 */
export function judgeUse(
  reached: ReachedVolume,
  container: UsingContainer,
  mount: UsingMount,
  now: Date,
): Decision | null {
  const { share, project, environment } = reached;
  const consumer = { ...nobody, ...container };
  const use = { project, environment, readOnly: mount.readOnly };
  if (share !== null) {
    const attachedBy = attachmentsFitting(share.attachments, container, mount).flatMap(({ rule }) => rule ?? []);
    return decide(share.rules, { ...consumer, attachedBy }, use, now);
  }
  if (project === null || container.project === null) return null;
  const isForeign = container.project !== project;
  if (isForeign ? reached.by === 'path' : crossesEnvironments(container, use)) return decide([], consumer, use, now);
  return null;
}
