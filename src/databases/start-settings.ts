import type { DatabaseEngine } from '../snapshots/model.ts';

/** What a server cannot read its data without, of all that a command may say. Nothing else is noted, so no secret is. */
const needed: Readonly<Record<DatabaseEngine, readonly string[]>> = {
  postgresql: ['max_prepared_transactions', 'shared_preload_libraries'],
  mysql: [
    'innodb-page-size',
    'innodb-data-file-path',
    'innodb-undo-tablespaces',
    'lower-case-table-names',
    'default-storage-engine',
    'character-set-server',
  ],
  mariadb: [
    'innodb-page-size',
    'innodb-data-file-path',
    'innodb-undo-tablespaces',
    'lower-case-table-names',
    'character-set-server',
    'aria-log-dir-path',
  ],
  redis: ['dbfilename', 'appendonly', 'appendfilename', 'appenddirname', 'databases', 'loadmodule'],
};

const isPlain = /^[A-Za-z0-9_./:,;@-]{1,200}$/;

/** These settings of the command of a server, as `--name=value`. */
export function settingsOf(engine: DatabaseEngine, command: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const [index, word] of command.entries()) {
    const [, name = '', joined] = /^(?:--|-c)?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    const isOption = word.startsWith('-') || command[index - 1] === '-c';
    const value = joined ?? command[index + 1];
    const spelled = engine === 'redis' || engine === 'postgresql' ? name : name.replaceAll('_', '-');
    if (!isOption || !needed[engine].includes(spelled) || value === undefined || !isPlain.test(value)) continue;
    found.set(spelled, value);
  }
  return [...found].map(([name, value]) => `--${name}=${value}`);
}
