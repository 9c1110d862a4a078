import type { Engine } from '../engine/engine.ts';
import { fail } from '../errors.ts';
import type { RunningJob } from '../jobs/handler.ts';
import { runHelper } from '../jobs/helper-run.ts';
import type { RootFileSystem } from './model.ts';
import { readCapabilities } from './read-capabilities.ts';
import { rootAt, storageScript } from './scripts.ts';
import { readStorage } from './storage-lines.ts';

/** Has a helper look at what lies below the engine's root folder. Throws `measurement_failed` with its words. */
export async function surveyStorage(engine: Engine, job: RunningJob, rootFolder: string): Promise<RootFileSystem> {
  const lines: string[] = [];
  const { exitCode, complaints } = await runHelper(engine, job, {
    step: 'storage',
    spec: {
      command: ['sh', '-c', storageScript],
      environment: {},
      mounts: [{ type: 'bind', source: rootFolder, target: rootAt, readOnly: true, ofEngine: true, alone: true }],
      capabilities: readCapabilities,
      network: null,
      secrets: false,
      lowPriority: true,
      hostFiles: true,
    },
    secrets: null,
    onLine: ({ stream, text }) => void (stream === 'stdout' && lines.push(text)),
  });
  const storage = exitCode === 0 ? readStorage(lines) : null;
  if (storage !== null) return storage;
  const words = complaints.at(-1) ?? `it ended with ${exitCode} and said nothing`;
  throw fail('measurement_failed', `The helper could not look at the engine's root folder ${rootFolder}: ${words}`);
}
