import { randomUUID } from 'node:crypto';
import type { Engine } from './engine.ts';
import { type HelperLine, type HelperSecrets, type HelperSpec, helperLabels } from './helper.ts';

/** A helper that works for a request and not for a job: nobody takes it over, it is removed when the request ends. */
export interface RequestHelper {
  /** What it does, in a word: a label of the helper. */
  readonly step: string;
  readonly spec: Omit<HelperSpec, 'name' | 'labels'>;
  readonly secrets: HelperSecrets | null;
  /** Longest that it may take. */
  readonly seconds: number;
}

/** Name and labels of a helper that works for a request. One whose control plane dies is removed by the sweep within the hour. */
export function requestHelperSpec({ step, spec }: Pick<RequestHelper, 'step' | 'spec'>): HelperSpec {
  return { ...spec, name: `stowage-request-${randomUUID()}`, labels: { [helperLabels.step]: step } };
}

/** Runs a helper to its end and gives its exit code; `onLine` gets what it writes. Throws a TimeoutError when it takes too long, and what the engine throws. */
export async function runRequestHelper(
  engine: Engine,
  request: RequestHelper,
  onLine: (line: HelperLine) => void,
): Promise<number> {
  const helper = await engine.createHelper(requestHelperSpec(request));
  const limit = AbortSignal.timeout(request.seconds * 1000);
  try {
    await engine.startHelper(helper.id, request.secrets);
    for await (const line of engine.helperLines(helper.id, limit)) onLine(line);
    return await engine.waitHelper(helper.id, limit);
  } finally {
    await engine.removeHelper(helper.id);
  }
}
