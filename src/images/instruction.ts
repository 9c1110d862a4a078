/** One step of an image's history in the words of a Dockerfile. */
export interface Instruction {
  /** Such as `RUN` or `COPY`; null where the history does not tell (an import, a commit of a container). */
  readonly instruction: string | null;
  /** The step without what builders wrap around it; null where the history is silent. */
  readonly createdBy: string | null;
}

/** Instructions that change the configuration of an image and never its files. */
const withoutLayer = new Set([
  'ARG',
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
]);
const withLayer = new Set(['ADD', 'COPY', 'RUN', 'WORKDIR']);

/** What is longer is cut: a here-document may be a whole script. */
const longestText = 4_096;

/** The shell that runs a RUN, and the values of build arguments before it (`|1 NAME=value`). */
const shellOfRun = /^(?:\|\d+ .*?)?(?:\/\S+\/)?(?:ba|da|a|z|k)?sh (?:-\S+ |pipefail )*?-\w*c /s;
const noOperation = /^(?:\|\d+ .*?)?\/bin\/sh -c #\(nop\)\s+/s;

/** Whether an instruction never makes a layer. */
export function makesNoLayer(instruction: string | null): boolean {
  return instruction !== null && withoutLayer.has(instruction);
}

/**
 * What the history of an image says of a step, read: the classic builder writes `/bin/sh -c #(nop)  ENV A=1` and
 * `/bin/sh -c make`, BuildKit `ENV A=1` and `RUN /bin/sh -c make # buildkit`.
 */
export function readInstruction(raw: string): Instruction {
  const text = raw
    .slice(0, longestText)
    .replace(/\s+# buildkit\s*$/, '')
    .trim();
  if (text === '') return { instruction: null, createdBy: null };
  if (noOperation.test(text)) return named(text.replace(noOperation, '').trim());
  const command = text.replace(/^RUN /, '');
  const isRun = command !== text || shellOfRun.test(text);
  return isRun ? { instruction: 'RUN', createdBy: `RUN ${command.replace(shellOfRun, '').trim()}` } : named(text);
}

function named(text: string): Instruction {
  const [word = ''] = text.split(/\s/, 1);
  const isKnown = withoutLayer.has(word) || withLayer.has(word);
  return { instruction: isKnown ? word : null, createdBy: text };
}
