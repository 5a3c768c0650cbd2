import type { Dataset } from '../../dataset/dataset.ts';
import { QueryRefusedError, UnavailableError } from '../../errors.ts';
import type { ChildStrategy } from '../../model/child-strategy.ts';
import type { Expansion, PageCost } from '../../sources/source.ts';
import { compareRequests, type ChildShare } from './compare-requests.ts';
import { averageCost, growPage, largestPage, MIN_EXPANDED_PAGE, type RecordCost } from './page-size.ts';

/** The sets that came with a page, for one child dataset. */
export type TakenSets = ChildShare & {
  /** Sets that had to be fetched, and those of them that were complete. */
  readonly wanted: number;
  readonly proven: number;
};

export type ExpansionOptions = {
  readonly datasets: readonly Dataset[];
  readonly strategy: ChildStrategy;
  /** Records a page without child records; the limit of pages with them too. */
  readonly pageSize: number;
  /** Called once, if the run stops requesting child records with their parents. */
  readonly onEnd: (end: ExpansionEnd) => void;
};

/** Why a run stops requesting child records with their parents. */
export type ExpansionEnd = {
  readonly reason: string;
  /** Whether the feed failed or sent incomplete sets; otherwise separate requests are fewer. */
  readonly isFailure: boolean;
};

/** Requests child records with their parents until that fails, brings too few complete sets, or costs more requests. */
export type ExpansionControl = Expansion & {
  readonly datasets: readonly Dataset[];
  /** Called after the sets of a page were stored. @param left parents that are still to be read; undefined if unknown. */
  taken(sets: readonly TakenSets[], left: number | undefined): void;
  /** Whether child records are still requested with their parents. */
  isOn(): boolean;
  /** Why they no longer are. */
  ended(): ExpansionEnd | undefined;
};

/** Pages in a row that failed at the smallest size, or brought fewer than half of the sets. */
const MAX_STRIKES = 3;

/** Fewer sets show nothing about the feed. */
const MIN_SAMPLE = 10;

export function createExpansion(options: ExpansionOptions): ExpansionControl {
  const { datasets, strategy, pageSize, onEnd } = options;
  const smallest = Math.min(MIN_EXPANDED_PAGE, pageSize);
  let size = smallest;
  /** A page with more records failed. */
  let most = pageSize;
  let cost: RecordCost | undefined;
  let failuresInRow = 0;
  let strikes = 0;
  let skipsNext = false;
  let ended: ExpansionEnd | undefined;
  const end = (reason: string, isFailure = true): void => {
    if (ended !== undefined) return;
    ended = { reason, isFailure };
    onEnd(ended);
  };
  const strike = (reason: string): void => {
    strikes += 1;
    if (strikes >= MAX_STRIKES) end(reason);
  };
  return {
    datasets,
    isOn: () => ended === undefined,
    ended: () => ended,
    next() {
      const isSkipped = skipsNext;
      skipsNext = false;
      if (ended !== undefined || isSkipped) return undefined;
      // A retry of a large page would fail again; the circuit opens after five failures in a row (breaker.ts).
      return { datasets, top: size, retries: size > smallest ? 0 : 1 };
    },
    answered(page: PageCost) {
      failuresInRow = 0;
      cost = averageCost(page, cost);
      size = growPage(size, largestPage(cost, most));
    },
    failed(error) {
      if (error instanceof QueryRefusedError) {
        end(`the feed refuses $expand: ${error.message}`);
        return true;
      }
      if (!(error instanceof UnavailableError)) return false;
      failuresInRow += 1;
      if (size > smallest) {
        most = Math.max(smallest, Math.floor(size / 2));
        size = failuresInRow > 1 ? smallest : most;
        return true;
      }
      skipsNext = true;
      strike(`pages of ${smallest} with $expand fail: ${error.message}`);
      return true;
    },
    taken(sets, left) {
      const wanted = sets.reduce((sum, each) => sum + each.wanted, 0);
      const proven = sets.reduce((sum, each) => sum + each.proven, 0);
      if (wanted >= MIN_SAMPLE && proven < wanted / 2) {
        // What such a page took shows nothing about complete ones.
        size = smallest;
        return strike(`$expand brought ${proven} of ${wanted} sets completely`);
      }
      if (wanted >= MIN_SAMPLE) strikes = 0;
      if (strategy !== 'auto' || cost === undefined || left === 0) return undefined;
      const largest = largestPage(cost, most);
      const parents = left ?? Number.MAX_SAFE_INTEGER;
      const { separate, together } = compareRequests({ parents, pageSize, size, largest, children: sets });
      if (together <= separate) return undefined;
      return end(`pages of ${largest} with $expand take more requests than separate ones`, false);
    },
  };
}
