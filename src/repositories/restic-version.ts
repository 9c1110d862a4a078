import type { Engine } from '../engine/engine.ts';
import { runRequestHelper } from '../engine/request-helper.ts';
import { versionCommand } from '../restic/commands.ts';
import { readLine } from '../restic/output.ts';
import { requireSupported } from '../restic/version.ts';

const askSeconds = 60;

/** Asks the helper image of a host for its restic. Throws `restic_unsupported` for one that is too old, and what the engine throws. */
export async function requireSupportedRestic(engine: Engine): Promise<void> {
  const found: string[] = [];
  const spec = {
    command: versionCommand(),
    environment: {},
    mounts: [],
    capabilities: [],
    network: null,
    secrets: false,
  };
  await runRequestHelper(engine, { step: 'version', spec, secrets: null, seconds: askSeconds }, ({ text }) => {
    const message = readLine(text);
    if (message?.kind === 'version') found.push(message.version);
  });
  requireSupported(found[0] ?? 'of an unknown version');
}
