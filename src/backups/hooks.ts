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
 * same project as the volume are asked to do something.
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

async function runOne(engine: Engine, job: RunningJob, hook: NotedHook): Promise<void> {
  await job.log('info', `Running ${hook.command[0]} in ${hook.name}.`);
  const complaint = await runHook(engine, hook);
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
