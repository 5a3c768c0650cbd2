/**
 * A number from 0 (inclusive) to 1 (exclusive) that depends on the seeds only. Faster than a sequence of numbers if each
 * account needs few of them.
 */
export function drawNumber(...seeds: readonly number[]): number {
  let state = 0x9e3779b9;
  for (const seed of seeds) {
    state = Math.imul(state ^ seed, 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    state ^= state >>> 16;
  }
  return (state >>> 0) / 4294967296;
}

/** Returns numbers from 0 (inclusive) to 1 (exclusive), one a call, that depend on the seeds only. */
export function createDraw(...seeds: readonly number[]): () => number {
  let state = Math.floor(drawNumber(...seeds) * 4294967296);
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
