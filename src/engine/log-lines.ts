import type { Frame } from './demux.ts';
import type { HelperLine } from './helper.ts';

const space = 0x20;
const newline = 0x0a;

interface Piece {
  readonly at: Date;
  readonly text: Buffer;
}

/** Puts lines together again that the engine has cut into frames of 16 KiB, each with a time in front. */
export interface LineAssembler {
  /** The line that this frame completes; null when it goes on. */
  add(frame: Frame): HelperLine | null;
  /** What was written without a line end. */
  rest(): HelperLine[];
}

/** Starts with no lines begun. Pieces are joined as bytes: a cut may go through a character. */
export function assembleLines(): LineAssembler {
  const begun: Record<Frame['stream'], Piece[]> = { stdout: [], stderr: [] };

  function finish(stream: Frame['stream']): HelperLine | null {
    const [first] = begun[stream];
    if (first === undefined) return null;
    const text = Buffer.concat(begun[stream].map((piece) => piece.text)).toString('utf8');
    begun[stream] = [];
    return { stream, at: first.at, text: text.replace(/\r?\n$/, '') };
  }

  return {
    add({ stream, content }) {
      begun[stream].push(toPiece(content));
      return content.at(-1) === newline ? finish(stream) : null;
    },
    rest: () => [finish('stdout'), finish('stderr')].filter((line) => line !== null),
  };
}

function toPiece(content: Buffer): Piece {
  const end = content.indexOf(space);
  return { at: new Date(content.toString('latin1', 0, end)), text: content.subarray(end + 1) };
}
