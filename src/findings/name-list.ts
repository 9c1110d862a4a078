const most = 10;

/** Names for a sentence: all of a few, the first of many with the number of the others. */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
