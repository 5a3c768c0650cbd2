import type { Dataset } from '../../../dataset/dataset.ts';
import { cursorField } from '../../../dataset/reading.ts';
import { parseInstant } from '../../../lib/time.ts';
import type { Sent } from '../../../model/page.ts';
import { memberOf } from './raw.ts';

/**
 * Counts the records of one walk as the server counted them when it started: once each, although a server that keeps more
 * digits of a timestamp than it sends repeats the end of a page, and without those that moved since, which may come twice.
 */
export class DistinctCount {
  readonly #dataset: Dataset;
  readonly #now: () => number;
  #start: number | undefined;
  #edge = { timestamp: undefined as unknown, keys: new Set<unknown>() };

  /** @param now the feed's own time, known once it has answered. */
  constructor(dataset: Dataset, now: () => number) {
    this.#dataset = dataset;
    this.#now = now;
  }

  /** @returns how many of these records the walk has not counted before. */
  add(records: readonly Sent[]): number {
    this.#start ??= this.#now();
    const end = this.#now();
    return records.filter((record) => this.#isNew(record) && !this.#hasMoved(record, end)).length;
  }

  #isNew(record: Sent): boolean {
    const timestamp = memberOf(record, cursorField(this.#dataset));
    const key = memberOf(record, this.#dataset.key);
    if (timestamp !== this.#edge.timestamp) this.#edge = { timestamp, keys: new Set() };
    const isNew = !this.#edge.keys.has(key);
    this.#edge.keys.add(key);
    return isNew;
  }

  /** The feed's clock is known to the second only: what is of the second in which the read started counts. */
  #hasMoved(record: Sent, end: number): boolean {
    const timestamp = memberOf(record, cursorField(this.#dataset));
    const instant = typeof timestamp === 'string' ? parseInstant(timestamp) : undefined;
    return instant !== undefined && instant >= this.#start! + 1000 && instant <= end + 1000;
  }
}
