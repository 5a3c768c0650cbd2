import { parseInstant } from '../../lib/time.ts';
import { MAX_KEY_LENGTH } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { Mode } from '../../model/mode.ts';
import { rewindCursor, isPast, pickLater, type Watermark } from '../../record/watermark.ts';

/** Where a resource is read from, and how its watermark moves with each page: pure decisions. */
export type ReadPlan = {
  readonly from: Cursor | undefined;
  /** Why it begins there, for people. */
  readonly reason: string;
  /** Whether the feed is read from its beginning, so that its size is worth asking for. */
  readonly whole: boolean;
  /**
   * Whether a stored version is kept against an older one that is read. Only in a plain sync, as a lagging replica may
   * answer it; a whole pass and a demand to read again store what the feed shows.
   */
  readonly keepsNewer: boolean;
  advance(watermark: Watermark, cursor: Cursor | undefined, now: number): Watermark;
  /** The feed's end was reached. */
  finish(watermark: Watermark, now: number): Watermark;
};

/** A pass over a dataset by its cursor. */
export type PassPlan = ReadPlan & {
  /** Records may have been passed over: the pass starts again with the next run. */
  rewind(watermark: Watermark): Watermark;
};

export type ReadPlanOptions = {
  readonly mode: Mode;
  /** Milliseconds. */
  readonly overlap: number;
  readonly since?: string | undefined;
  readonly restart: boolean;
  readonly run: number;
};

export function planRead(watermark: Watermark, options: ReadPlanOptions): PassPlan {
  if (options.mode === 'full-load') {
    return watermark.completeAt === undefined ? firstLoad(watermark, options) : reload(watermark, options);
  }
  if (options.since !== undefined) return since(watermark, { timestamp: options.since });
  return watermark.completeAt === undefined ? firstLoad(watermark, options) : sync(watermark, options);
}

/** Whether an earlier run ended in the middle of this read. */
export function isResumed({ from, whole }: ReadPlan, { walkFrom }: Pick<Watermark, 'walkFrom'>): boolean {
  return whole ? from !== undefined : walkFrom !== undefined;
}

/** The table has never been complete: the watermark itself shows how far it has come. */
function firstLoad({ cursor }: Watermark, { restart }: ReadPlanOptions): PassPlan {
  const from = restart ? undefined : cursor;
  return {
    from,
    reason:
      from === undefined ? 'from the beginning of the feed' : `first load, going on from ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached, now) => moveTo(watermark, reached, now),
    rewind: (watermark) => ({ ...watermark, cursor: undefined }),
    finish: (watermark, now) => ({
      ...watermark,
      load: undefined,
      completeAt: now,
      activeAt: watermark.activeAt ?? now,
    }),
  };
}

/** A part of the feed before the first load of it all: has the place that a later full-load would have. */
export function planActiveFirst({ load }: Watermark, run: number): ReadPlan {
  const from = load?.cursor;
  return {
    from,
    reason:
      from === undefined
        ? 'what a site shows first'
        : `what a site shows first, going on from ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached, now) =>
      withLoadCursor(watermark, toStorableCursor(reached, now) ?? watermark.load?.cursor, run),
    finish: (watermark, now) => ({ ...withLoadCursor(watermark, undefined, run), activeAt: now }),
  };
}

/** Begins a little before the watermark, for rows that became visible late; it moves forward only. */
function sync({ cursor }: Watermark, { overlap }: ReadPlanOptions): PassPlan {
  return {
    from: cursor === undefined ? undefined : rewindCursor(cursor, overlap),
    reason: cursor === undefined ? 'from the beginning of the feed' : `changes since ${cursor.timestamp}`,
    whole: cursor === undefined,
    keepsNewer: cursor !== undefined,
    advance: moveForward,
    rewind: (watermark) => ({ ...watermark, cursor }),
    finish: (watermark, now) => ({ ...watermark, completeAt: now }),
  };
}

/** A person's own starting point moves the watermark only where it leaves no gap before it. */
function since({ cursor }: Watermark, from: Cursor): PassPlan {
  const leavesGap = cursor === undefined || pickLater(from, cursor) !== cursor;
  return {
    from,
    reason: leavesGap
      ? `since ${from.timestamp}; the watermark stays, as what lies before may be missing`
      : `since ${from.timestamp}`,
    whole: false,
    keepsNewer: false,
    advance: leavesGap ? (watermark) => watermark : moveForward,
    rewind: (watermark) => ({ ...watermark, cursor }),
    finish: (watermark, now) => (leavesGap ? watermark : { ...watermark, completeAt: now }),
  };
}

/** The whole feed once more over a complete table: has a place of its own, so that syncs in between go on as ever. */
function reload({ load }: Watermark, { restart, run }: ReadPlanOptions): PassPlan {
  const resumed = restart ? undefined : load;
  const from = resumed?.cursor;
  const began = resumed?.run ?? run;
  return {
    from,
    reason:
      from === undefined
        ? 'the whole feed once more'
        : `full-load of run ${began}, going on from ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached, now) => {
      const last = watermark.load?.run === began ? watermark.load.cursor : from;
      return { ...watermark, load: { cursor: toStorableCursor(reached, now) ?? last, run: began } };
    },
    rewind: (watermark) => ({ ...watermark, load: { cursor: undefined, run: began } }),
    finish: (watermark, now) => ({
      ...watermark,
      cursor: pickLater(watermark.cursor, watermark.load?.cursor),
      load: undefined,
      completeAt: now,
    }),
  };
}

/** The watermark with the place that a pass of its own has reached; the pass keeps the run that it started with. */
export function withLoadCursor(watermark: Watermark, cursor: Cursor | undefined, run: number): Watermark {
  return { ...watermark, load: { cursor, run: watermark.load?.run ?? run } };
}

function moveForward(watermark: Watermark, reached: Cursor | undefined, now: number): Watermark {
  return { ...watermark, cursor: pickLater(watermark.cursor, toStorableCursor(reached, now)) };
}

function moveTo(watermark: Watermark, reached: Cursor | undefined, now: number): Watermark {
  return { ...watermark, cursor: toStorableCursor(reached, now) ?? watermark.cursor };
}

/** What the watermark keeps of a place: nothing if it is in the future, which must not carry the watermark there. */
export function toStorableCursor(cursor: Cursor | undefined, now: number): Cursor | undefined {
  return cursor !== undefined && isPast(cursor, now) ? shortenCursor(cursor) : undefined;
}

/** Characters that etl_watermark holds. */
const MAX_TIMESTAMP_LENGTH = 64;

/** A place that is too long to be kept becomes the beginning of its instant, which is then read again as a whole. */
function shortenCursor(cursor: Cursor): Cursor {
  const { timestamp, key = '' } = cursor;
  if (timestamp.length <= MAX_TIMESTAMP_LENGTH && Array.from(key).length <= MAX_KEY_LENGTH) return cursor;
  const instant = parseInstant(timestamp);
  return instant === undefined ? cursor : { timestamp: new Date(instant).toISOString() };
}
