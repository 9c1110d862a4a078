const longestWaitSeconds = 12 * 3600;
const longestPauseSeconds = 300;
/** Waits are spread, so that what failed together is not tried again together. */
const spread = 0.2;

/** Seconds until the next attempt of a delivery after so many; each wait is four times the one before, up to half a day. */
export function waitSeconds(tries: number, firstSeconds: number): number {
  return Math.min(firstSeconds * 4 ** (tries - 1), longestWaitSeconds);
}

/** Seconds in which a webhook is left alone after so many failures in a row, whatever is due: doubled each time, up to five minutes. */
export function pauseSeconds(failures: number, firstSeconds: number): number {
  return Math.min(firstSeconds * 2 ** (failures - 1), longestPauseSeconds);
}

/** So many seconds from now, a fifth more or less. `chance` is from 0 to 1. */
export function spreadFrom(now: Date, seconds: number, chance = Math.random()): Date {
  return new Date(now.getTime() + seconds * 1000 * (1 - spread + 2 * spread * chance));
}
