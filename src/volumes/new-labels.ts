import { fail } from '../errors.ts';
import { type Attributes, attributeLabels, attributesOf, backupLabels } from '../hosts/read.ts';

const reserved = 'stowage.';
/** For everybody to set: what has it is never cleaned up. */
const protectLabel = 'stowage.protect';

/** Names the call that created a volume: the same call, repeated after a crash, finds its own. */
export const onceLabel = 'stowage.once';

/** Names the job that made a volume and filled it from a snapshot. */
export const restoredByLabel = 'stowage.restored-by';

interface Wishes {
  readonly labels?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly environment?: string;
  readonly class?: string;
}

/**
 * The labels of a volume to be created. Project, environment and class are labels too, so that they outlive the
 * database. Throws `invalid_input` for other labels of Stowage's own, and for a label that contradicts its field.
 */
export function newLabels({ labels = {}, ...fields }: Wishes): Record<string, string> {
  refuseReserved(labels);
  const given = Object.entries(attributeLabels).flatMap(([field, label]) => {
    const value = attributeValue(label, fields[field as keyof Attributes], labels[label]);
    return value === undefined ? [] : [[label, value] as const];
  });
  return { ...labels, ...Object.fromEntries(given) };
}

function refuseReserved(labels: Readonly<Record<string, string>>): void {
  const known: readonly string[] = [...Object.values(attributeLabels), ...Object.values(backupLabels), protectLabel];
  const foreign = Object.keys(labels).filter((label) => label.startsWith(reserved) && !known.includes(label));
  if (foreign.length === 0) return;
  const errors = foreign.map((label) => ({
    path: `/labels/${label}`,
    rule: 'reserved',
    message: 'labels that begin with "stowage." are set by Stowage alone',
  }));
  throw fail('invalid_input', {
    detail: `Leave out the label "${foreign[0]}": those that begin with "stowage." are set by Stowage alone.`,
    errors,
  });
}

function attributeValue(label: string, field: string | undefined, labelled: string | undefined): string | undefined {
  if (labelled === undefined) return field;
  const isUnderstood = Object.values(attributesOf({ [label]: labelled })).includes(labelled);
  if (isUnderstood && (field === undefined || field === labelled)) return labelled;
  const message = isUnderstood
    ? `contradicts the field, which says "${field}"`
    : 'is no value that this label may have';
  throw fail('invalid_input', {
    detail: `The label "${label}" ${message}.`,
    errors: [{ path: `/labels/${label}`, rule: 'attribute', message }],
  });
}
