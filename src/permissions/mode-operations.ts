import { fail } from '../errors.ts';

/** One step of a change of mode: the bits of `affected` are given, taken, or set to `bits`. */
export interface ModeOperation {
  readonly sign: '+' | '-' | '=';
  readonly affected: number;
  readonly bits: number;
  /** Also execution within `affected`, where there is any already. */
  readonly executeIfAny: boolean;
}

const classes: Readonly<Record<string, { readonly shift: number; readonly special: number }>> = {
  u: { shift: 6, special: 0o4000 },
  g: { shift: 3, special: 0o2000 },
  o: { shift: 0, special: 0 },
};
const letters: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };
const sticky = 0o1000;

/**
 * Reads a mode as `chmod` takes it: octal, which sets all twelve bits, or symbolic such as `u=rwX,go-w` or `g+rws`. As with GNU
 * chmod `=` keeps set-user-id and set-group-id of folders unless `s` is named. Throws `invalid_input` with `field`.
 */
export function readMode(field: string, text: string, kind: 'folders' | 'files'): ModeOperation[] {
  if (/^[0-7]{3,4}$/.test(text))
    return [{ sign: '=', affected: 0o7777, bits: Number.parseInt(text, 8), executeIfAny: false }];
  const clauses = text.split(',').map((clause) => /^([ugoa]*)((?:[+=-][rwxXst]*)+)$/.exec(clause));
  if (clauses.includes(null)) throw unreadable(field, text);
  return clauses.flatMap((clause) => {
    const [, who = '', operations = ''] = clause ?? [];
    const all = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...new Set(who)];
    return [...operations.matchAll(/([+=-])([rwxXst]*)/g)].map(([, sign = '', rights = '']) =>
      toOperation(sign, rights, all, kind === 'folders'),
    );
  });
}

function toOperation(sign: string, rights: string, who: readonly string[], isFolder: boolean): ModeOperation {
  let affected = 0;
  let bits = 0;
  for (const name of who) {
    const { shift = 0, special = 0 } = classes[name] ?? {};
    affected |= 7 << shift;
    for (const right of rights) bits |= (letters[right] ?? 0) << shift;
    if (rights.includes('s')) bits |= special;
    if (rights.includes('s') || !isFolder) affected |= special;
  }
  if (rights.includes('t')) {
    affected |= sticky;
    bits |= sticky;
  }
  const executeIfAny = rights.includes('X');
  return { sign: sign === '+' || sign === '-' ? sign : '=', affected, bits, executeIfAny };
}

/** A mode after the operations. The helper does the same: `adjusted` of repair.pl. */
export function adjustMode(mode: number, operations: readonly ModeOperation[], isFolder: boolean): number {
  return operations.reduce((before, { sign, affected, bits: named, executeIfAny }) => {
    const bits = executeIfAny && (isFolder || (before & 0o111) !== 0) ? named | (0o111 & affected) : named;
    if (sign === '+') return before | bits;
    return sign === '-' ? before & ~bits : (before & ~affected) | bits;
  }, mode);
}

/** Operations as the helper takes them. */
export function operationsText(operations: readonly ModeOperation[]): string {
  return operations
    .map(
      ({ sign, affected, bits, executeIfAny }) =>
        `${sign}:${affected.toString(8)}:${bits.toString(8)}:${executeIfAny ? 1 : 0}`,
    )
    .join(' ');
}

function unreadable(field: string, text: string) {
  return fail('invalid_input', {
    detail: `/${field}: "${text}" is no mode; give it in octal digits such as 2775, or as chmod takes it, such as u=rwX,go-w.`,
    errors: [{ path: `/${field}`, rule: 'mode', message: 'is no mode' }],
  });
}
