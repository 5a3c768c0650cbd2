/** Pseudorandom numbers that are the same on every machine. */
export type Random = {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** An integer between the two, inclusive. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Between one and `max` different members, in the list's order. */
  pickSome<T>(list: readonly T[], most: number): T[];
};

/** FNV-1a. */
export function hashText(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Creates a sequence of numbers that depends only on the seeds. */
export function createRandom(...seeds: readonly (string | number)[]): Random {
  let state = hashText(seeds.join('/'));
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(list: readonly T[]): T => list[int(0, list.length - 1)]!;
  const pickSome = <T>(list: readonly T[], most: number): T[] => {
    const wanted = int(1, Math.min(most, list.length));
    const chosen = new Set<number>();
    while (chosen.size < wanted) chosen.add(int(0, list.length - 1));
    return list.filter((_, index) => chosen.has(index));
  };
  return { next, int, chance: (probability) => next() < probability, pick, pickSome: pickSome };
}

/** Draws `count` different members of the list, or all of them if it has fewer. */
export function sample<T>(source: Random, list: readonly T[], count: number): T[] {
  const left = [...list];
  const wanted = Math.min(Math.max(0, count), left.length);
  for (let i = 0; i < wanted; i++) {
    const other = source.int(i, left.length - 1);
    [left[i], left[other]] = [left[other]!, left[i]!];
  }
  return left.slice(0, wanted);
}
