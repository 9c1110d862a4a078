/** The next object of a list, without objects inside: braces that stand in its texts do not count. */
const nextObject = /[\s,[]*(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})/sy;
const endOfList = /^\s*(\[\s*)?\]\s*$|^\s*null\s*$/;

/** The objects of a JSON list, one after the other, none of which holds another; `null` is an empty list. Throws when the list does not end. */
export async function* flatObjects(source: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    rest += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let text = objectAt(rest, start); text !== null; text = objectAt(rest, start)) {
      yield JSON.parse(text.object);
      start = text.end;
    }
    rest = rest.slice(start);
  }
  if (!endOfList.test(rest))
    throw Object.assign(new Error('The list broke off.'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}

function objectAt(text: string, start: number): { object: string; end: number } | null {
  nextObject.lastIndex = start;
  const [whole, object] = nextObject.exec(text) ?? [];
  return whole === undefined || object === undefined ? null : { object, end: start + whole.length };
}
