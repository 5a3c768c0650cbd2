import type { FeedPosition } from './position.ts';

/**
 * Counts the records of one read as the server counted them at its start. Counts a record once: a server that stores more
 * digits of a timestamp than it sends repeats the end of a page. Ignores records that moved since the start, which can
 * appear twice.
 */
export class DistinctCount {
  readonly #now: () => number;
  #start: number | undefined;
  #edge = { timestamp: undefined as unknown, keys: new Set<unknown>() };

  /** @param now the feed's time, which is known after its first answer. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns how many of these records were not counted before. */
  add(positions: readonly FeedPosition[]): number {
    this.#start ??= this.#now();
    const end = this.#now();
    return positions.filter((place) => this.#isNew(place) && !this.#hasMoved(place, end)).length;
  }

  #isNew({ timestamp, key }: FeedPosition): boolean {
    if (timestamp !== this.#edge.timestamp) this.#edge = { timestamp, keys: new Set() };
    const isNew = !this.#edge.keys.has(key);
    this.#edge.keys.add(key);
    return isNew;
  }

  /** The feed's clock is known to the second only: a record of the second in which the read started still counts. */
  #hasMoved({ instant }: FeedPosition, end: number): boolean {
    return instant !== undefined && instant >= this.#start! + 1000 && instant <= end + 1000;
  }
}
