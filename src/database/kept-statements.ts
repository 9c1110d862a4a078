/** How a statement begins that each connection keeps prepared: one that nearly every request asks, in few forms. */
const mark = '/* kept */';
/** What a connection keeps takes memory of PostgreSQL, and a statement with other filters is another one. */
const mostKept = 64;

/**
 * Names the statements that are kept prepared, so that PostgreSQL reads them once in a connection and not each time; the
 * first so many, and no others: an empty name is none.
 */
export function statementNames(most = mostKept): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    if (!sql.startsWith(mark)) return '';
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= most) return '';
    const name = `kept_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
