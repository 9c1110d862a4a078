/**
 * Leaves out the rows whose parent was removed while they were read. Prisma asks for a relation in a statement of its own:
 * a row can be read before, and its parent after a removal that took both. It has null then, whatever its type says.
 */
export function withParent<Row>(rows: readonly Row[], relation: keyof Row): Row[] {
  return rows.filter((row) => row[relation] !== null);
}

/** As {@link withParent}, for a single row. */
export function orGone<Row extends object>(row: Row | null, relation: keyof Row): Row | null {
  return row === null || row[relation] === null ? null : row;
}
