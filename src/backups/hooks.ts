import Value from 'typebox/value';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../engine/engine-objects.ts';
import { fail } from '../errors.ts';
import { attributesOf, hookLabels } from '../hosts/read.ts';
import { runHook } from '../jobs/carry-out-restart.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { identityOf, type NotedHook } from '../jobs/restart-note.ts';
import { T } from '../schema.ts';
import { defaultHookSeconds } from './hook-wish.ts';
import type { BackupHook } from './model.ts';

const longestSeconds = 3600;
const CommandWords = T.Array(T.String(), { minItems: 1 });

/** The commands around a backup: those before it, and those that end what they began. */
export interface Hooks {
  readonly hasBefore: boolean;
  /** Throws `hook_failed`. */
  runBefore(): Promise<void>;
  readonly after: readonly NotedHook[];
}

/**
 * The commands for these containers: those that were asked for, and those of their own labels. Only running containers of the
 * same project as the volume are asked to do something. Throws `hook_failed` when one of another project would be meant.
 */
export function hooksFor(
  engine: Engine,
  job: RunningJob,
  wished: readonly BackupHook[],
  containers: readonly EngineContainer[],
): Hooks {
  const own = containers.filter(
    ({ state, labels }) => state === 'running' && attributesOf(labels).project === job.project,
  );
  refuseForeign(job, wished, containers);
  const all = own.flatMap((container) =>
    [...wished.filter((hook) => isFor(hook, container)), ...labelHooks(container)].map((hook) => ({ hook, container })),
  );
  const commands = (when: 'before' | 'after'): NotedHook[] =>
    all.flatMap(({ hook, container }) => {
      const { [when]: command, user, timeoutSeconds, onError } = hook;
      return command === null ? [] : [{ ...identityOf(container), command, user, timeoutSeconds, onError }];
    });
  const before = commands('before');
  return {
    after: commands('after'),
    hasBefore: before.length > 0,
    async runBefore() {
      for (const hook of before) await runOne(engine, job, hook);
    },
  };
}

/** A backup without the hooks that are counted on would look as good as one with them. */
function refuseForeign(job: RunningJob, wished: readonly BackupHook[], containers: readonly EngineContainer[]): void {
  const named = wished.filter(({ container }) => container !== null);
  const meant = containers.find((container) => {
    if (container.state !== 'running' || attributesOf(container.labels).project === job.project) return false;
    if (job.kind !== 'group_backup') return named.some((hook) => isFor(hook, container));
    return wished.some((hook) => isFor(hook, container)) || labelHooks(container).length > 0;
  });
  if (meant === undefined) return;
  const { project } = attributesOf(meant.labels);
  throw fail(
    'hook_failed',
    `A hook is for ${meant.name}, which is of ${project === null ? 'no project' : `project "${project}"`}, and the backup is of ${job.project === null ? 'no single project' : `project "${job.project}"`}: commands run only in containers of the project that is backed up. Back up the volumes of each project by themselves, or leave the hook out.`,
  );
}

async function runOne(engine: Engine, job: RunningJob, hook: NotedHook): Promise<void> {
  await job.log('info', `Running ${hook.command[0]} in ${hook.name}.`);
  const complaint = await job.unhurried(() => runHook(engine, hook));
  if (complaint === null) return;
  if (hook.onError === 'fail') throw fail('hook_failed', `Before the backup: ${complaint}`);
  await job.log('warn', `Before the backup: ${complaint}`);
}

function isFor({ container: wanted }: BackupHook, { name, labels }: EngineContainer): boolean {
  return wanted === null || wanted === name || wanted === identityOf({ id: '', name, labels }).service?.name;
}

function labelHooks({ labels }: EngineContainer): BackupHook[] {
  const before = commandOf(labels[hookLabels.before]);
  const after = commandOf(labels[hookLabels.after]);
  if (before === null && after === null) return [];
  const seconds = Number(labels[hookLabels.timeoutSeconds] ?? defaultHookSeconds);
  const timeoutSeconds =
    Number.isInteger(seconds) && seconds >= 1 ? Math.min(seconds, longestSeconds) : defaultHookSeconds;
  return [{ container: null, before, after, user: null, timeoutSeconds, onError: 'fail' }];
}

/** A JSON array of words, or a line for the container's shell. */
function commandOf(label: string | undefined): string[] | null {
  if (label === undefined || label.trim() === '') return null;
  if (!label.trimStart().startsWith('[')) return ['sh', '-c', label];
  try {
    return Value.Parse(CommandWords, JSON.parse(label));
  } catch (cause) {
    throw fail('hook_failed', {
      detail: `The label of a hook is no JSON array of words: ${label.slice(0, 200)}`,
      cause,
    });
  }
}
