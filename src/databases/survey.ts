import type { HelperLine } from '../engine/helper.ts';

/** What a server that was started for a try has told of a database. */
export interface SurveyedDatabase {
  readonly name: string;
  /** Null where there are none: in Redis. */
  readonly tables: number | null;
  /** Null where there are none: anywhere but in Redis. */
  readonly keys: number | null;
}

/** What `serve.sh` tells while it works. */
export interface Survey {
  readonly databases: readonly SurveyedDatabase[];
  /** From its start until it had told what it holds; null while it has not. */
  readonly seconds: number | null;
}

/** Reads the lines of `serve.sh`, in their order. */
export function createSurvey(): { read(line: HelperLine): void; result(): Survey } {
  const databases: SurveyedDatabase[] = [];
  let begunAt: number | null = null;
  let answeredAt: number | null = null;
  return {
    read({ stream, text, at }) {
      if (stream !== 'stdout' || !text.startsWith('stowage ')) return;
      const [word = '', name = '', count = ''] = text.slice('stowage '.length).split('\t');
      if (word === 'begun') begunAt ??= at.getTime();
      if (word === 'answered') answeredAt = at.getTime();
      const number = countOf(count);
      if (number === null) return;
      if (word === 'tables') databases.push({ name, tables: number, keys: null });
      if (word === 'keys') databases.push({ name, tables: null, keys: number });
    },
    result: () => ({
      databases,
      seconds: begunAt === null || answeredAt === null ? null : (answeredAt - begunAt) / 1000,
    }),
  };
}

function countOf(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
