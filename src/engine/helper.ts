/** Labels that make a container a helper of ours. */
export const helperLabels = {
  installation: 'stowage.installation',
  job: 'stowage.job',
  attempt: 'stowage.attempt',
  step: 'stowage.step',
  /** Which containers must be started again, should everything else be lost (JSON). */
  restartNote: 'stowage.restart',
} as const;

/** Name of the machine that a helper takes itself for: restic writes it into its locks, which tell then whose they are. */
export function helperHostname(installation: string): string {
  return `stowage-${installation}`;
}

/** Whether the labels of a container say that it is a helper, of whatever installation. */
export function isHelper(labels: Readonly<Record<string, string>>): boolean {
  return helperLabels.installation in labels || helperLabels.job in labels;
}

/** Label that a volume carries when Docker made it because a helper mounted a name that was gone. */
export const phantomLabel = 'stowage.phantom';

export interface HelperMount {
  readonly type: 'volume' | 'bind';
  /** Name of the volume or path on the host. A missing host path is an error, a missing volume is made with the {@link phantomLabel}. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Of a bind: a folder below the engine's own root, where what is unmounted on the host is unmounted in the helper too, so that it holds nothing. */
  readonly ofEngine?: boolean;
  /** Of a bind: whether what is mounted below its source stays out. */
  readonly alone?: boolean;
  /** Of a volume: folder of it that is mounted, for who knows that the engine can (API 1.45). */
  readonly subpath?: string;
}

/** A helper that is no helper: a program of another image, on its own. */
export interface ForeignImage {
  /** Id, or reference, of an image that is on the host. */
  readonly image: string;
  /** Targets for which the image wants volumes; what it has no mount for is held in memory, so that no volume is left. */
  readonly volumes: readonly string[];
  readonly memoryBytes: number;
}

export interface HelperSpec {
  /** Unique: two workers that create the same helper get one (the second throws `engine_error`). */
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly command: readonly string[];
  /** Never a secret. */
  readonly environment: Record<string, string>;
  readonly mounts: readonly HelperMount[];
  /** Linux capabilities that are kept; all others are dropped. */
  readonly capabilities: readonly string[];
  /** Docker network; null for none. */
  readonly network: string | null;
  readonly secrets: boolean;
  /** A folder of its own in memory, besides /tmp. */
  readonly scratch?: { readonly target: string; readonly bytes: number };
  /** Runs with the least share of processor and disk, so that whoever works on the host hardly notices. */
  readonly lowPriority?: boolean;
  /** Sees the processes of the host, and through /proc/<pid>/root what they see; needs the capability SYS_PTRACE. */
  readonly hostProcesses?: boolean;
  /** Sees files of the host as the host does: with its users even where the engine maps those of containers, and where SELinux confines containers. */
  readonly hostFiles?: boolean;
  /** Its standard output is data for {@link Engine.streamHelper}: the engine keeps no log of it, so {@link Engine.helperLines} does not work. */
  readonly streamed?: boolean;
  /** Instead of the helper image. Without network whatever else is asked for, and without secrets. */
  readonly foreign?: ForeignImage;
}

/** Files that a helper finds in /run/stowage: by name, content. `env` is sourced by the shell. */
export type HelperSecrets = Readonly<Record<string, string>>;

/** What the engine's list says of a helper. */
export interface ListedHelper {
  readonly id: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: Date;
}

export interface HelperContainer extends ListedHelper {
  readonly exitCode: number | null;
  readonly finishedAt: Date | null;
}

export interface HelperLine {
  readonly stream: 'stdout' | 'stderr';
  readonly at: Date;
  readonly text: string;
}
