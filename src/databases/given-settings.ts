import type { DatabaseEngine } from '../snapshots/model.ts';
import type { Setup } from './recognise.ts';

/**
 * What the script of a database is told through its environment, of what its container was started with. Secrets are among it: they
 * go from one process of the container to another one, and are shown nowhere.
 */
export function givenSettings(engine: DatabaseEngine, setup: Setup | null): Record<string, string> {
  if (engine !== 'redis' || setup === null) return {};
  // Words, or a line for a shell.
  const words = setup.command.flatMap((word) => word.split(/\s+/)).map((word) => word.replace(/^["']|["']$/g, ''));
  const wordAfter = (flag: string) => {
    const list = setup.command.includes(flag) ? setup.command : words;
    return list.includes(flag) ? list[list.indexOf(flag) + 1] : undefined;
  };
  const given = {
    GIVEN_PASSWORD: wordAfter('--requirepass'),
    GIVEN_PORT: wordAfter('--port'),
    GIVEN_CONFIGURATION: words.find((word) => word.startsWith('/') && word.endsWith('.conf')),
  };
  return Object.fromEntries(
    Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined && !pair[1].includes('$')),
  );
}
