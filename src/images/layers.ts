import { createHash } from 'node:crypto';
import type { EngineImageDetails } from '../engine/engine-objects.ts';
import { type Instruction, makesNoLayer, readInstruction } from './instruction.ts';

/** A layer as it is kept with its image; instruction, bytes and time are null where the history leaves open which step made it. */
export interface KeptLayer extends Instruction {
  /** Counts from 1, the lowest. */
  readonly number: number;
  /** Digest of its content (diff id). */
  readonly digest: string;
  /** Names the layer together with all below it (OCI image specification): equal where the engine stores it once. */
  readonly chainId: string;
  readonly bytes: number | null;
  readonly createdAt: string | null;
}

/** A step that stands for no layer in the list. */
export interface KeptStep extends Instruction {
  /** False: it made none. Null: the history does not tell. */
  readonly madeLayer: false | null;
  readonly createdAt: string | null;
}

/** What an image is made of. */
export interface ImageContent {
  readonly layers: readonly KeptLayer[];
  readonly otherSteps: readonly KeptStep[];
}

interface Step extends Instruction {
  readonly bytes: number;
  readonly createdAt: string | null;
  /** Whether it made a layer; null where its words and its size leave that open. */
  readonly made: boolean | null;
}

/**
 * Brings steps and layers of an image together. Docker does not say which steps made a layer: one with bytes did, one
 * that only configures did not, and a step without bytes that may touch files (`RUN true`) may have. Where the number of layers
 * does not settle it, only the layers below the first and above the last open step are given theirs.
 */
export function contentOf({ layers, steps }: Pick<EngineImageDetails, 'layers' | 'steps'>): ImageContent {
  const read = settle(steps.map(toStep), layers.length);
  const makers = makersOf(read, layers.length);
  const chainIds = chainIdsOf(layers);
  const used = new Set(makers);
  return {
    layers: layers.map((digest, index) => toLayer(index + 1, digest, chainIds[index] ?? digest, makers[index] ?? null)),
    otherSteps: read
      .filter((step) => !used.has(step))
      .map(({ instruction, createdBy, createdAt, made }) => ({
        instruction,
        createdBy,
        createdAt,
        madeLayer: made === false ? made : null,
      })),
  };
}

/** The chain id of each layer: of the lowest its digest, of any other the digest of its parent's chain id and its own. */
export function chainIdsOf(digests: readonly string[]): string[] {
  const chainIds: string[] = [];
  for (const digest of digests) {
    const parent = chainIds.at(-1);
    chainIds.push(parent === undefined ? digest : sha256(`${parent} ${digest}`));
  }
  return chainIds;
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function toStep({ instruction: raw, bytes, createdAt }: EngineImageDetails['steps'][number]): Step {
  const read = readInstruction(raw);
  const made = bytes > 0 ? true : makesNoLayer(read.instruction) ? false : null;
  return { ...read, bytes, createdAt: createdAt?.toISOString() ?? null, made };
}

/** All open steps made a layer, or none did, where the number of layers says so. */
function settle(steps: readonly Step[], layers: number): Step[] {
  const sure = steps.filter(({ made }) => made === true).length;
  const open = steps.filter(({ made }) => made === null).length;
  if (sure !== layers && sure + open !== layers) return [...steps];
  return steps.map((step) => ({ ...step, made: step.made ?? sure !== layers }));
}

/** The step of each layer, null where it is not sure. */
function makersOf(steps: readonly Step[], layers: number): (Step | null)[] {
  const sure = steps.filter(({ made }) => made === true).length;
  const open = steps.filter(({ made }) => made === null).length;
  // More sure steps than layers, or too few steps: the history is of another make, and nothing of it can be trusted.
  if (sure > layers || sure + open < layers) return Array.from({ length: layers }, () => null);
  const below = sureFrom(steps);
  const above = sureFrom(steps.toReversed()).toReversed();
  if (open === 0) return below;
  const between = Math.max(0, layers - below.length - above.length);
  return [...below, ...Array.from({ length: between }, () => null), ...above];
}

/** The steps that made a layer, up to the first that may have. */
function sureFrom(steps: readonly Step[]): Step[] {
  const firstOpen = steps.findIndex(({ made }) => made === null);
  return steps.slice(0, firstOpen === -1 ? steps.length : firstOpen).filter(({ made }) => made === true);
}

function toLayer(number: number, digest: string, chainId: string, step: Step | null): KeptLayer {
  if (step === null)
    return { number, digest, chainId, bytes: null, instruction: null, createdBy: null, createdAt: null };
  const { bytes, instruction, createdBy, createdAt } = step;
  return { number, digest, chainId, bytes, instruction, createdBy, createdAt };
}
