/** Runs a step of the start and shows what it is doing and how long it took. */
export type StepReporter = <T>(title: string, step: (progress: (message: string) => void) => Promise<T>) => Promise<T>;

/** Shows each step as a line on the standard error, so that the log on the standard output stays pure JSON lines. */
export function stepReporter(): StepReporter {
  return async (title, step) => {
    const startedAt = performance.now();
    const result = await step((message) => say(`  ${title}: ${message}`));
    say(`✓ ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    return result;
  };
}

/** What a person needs to know of a process that just started. */
export interface Welcome {
  readonly address: string;
  readonly adminKeyFile: string;
  readonly engine: string;
}

/** Shows where everything is. */
export function welcome({ address, adminKeyFile, engine }: Welcome): void {
  say(`
Stowage is ready.

  API             ${address}/v1
  REST reference  ${address}/docs
  Playground      ${address}/graphiql
  Admin API key   ${adminKeyFile}
  Docker engine   ${engine}

Ctrl-C ends it.`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
