/** What a reader of ticks learns: something is new, nothing happened for a while, or there will be nothing more. */
export type Turn = 'tick' | 'quiet' | 'ended';

/** Ticks of a source, collected in the background: those that come while the reader is busy are one. */
export interface Ticks {
  /** Throws what the source threw. */
  next(quietMilliseconds: number): Promise<Turn>;
}

/** Starts to collect. The source must end when the signal aborts. */
export function collectTicks(source: AsyncIterable<unknown>, signal: AbortSignal): Ticks {
  const state = { pending: false, ended: false, failure: undefined as unknown };
  let wake: () => void = () => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });

  const collect = async () => {
    try {
      for await (const _tick of source) {
        state.pending = true;
        wake();
      }
    } catch (error) {
      state.failure = error;
    }
    state.ended = true;
    wake();
  };
  void collect();

  function settled(): Turn | null {
    if (signal.aborted) return 'ended';
    if (state.pending) {
      state.pending = false;
      return 'tick';
    }
    if (state.failure !== undefined) throw state.failure;
    return state.ended ? 'ended' : null;
  }

  return {
    async next(quietMilliseconds) {
      const turn = settled();
      if (turn !== null) return turn;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, quietMilliseconds);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return settled() ?? 'quiet';
    },
  };
}
