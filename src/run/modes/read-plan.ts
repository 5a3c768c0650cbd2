import { parseInstant } from '../../lib/time.ts';
import { MAX_KEY_LENGTH } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { Mode } from '../../model/mode.ts';
import { rewindCursor, isPast, pickLater, type Watermark } from '../../record/watermark.ts';

/** Where a dataset is read from, and how its watermark moves with each page. Pure. */
export type ReadPlan = {
  readonly from: Cursor | undefined;
  /** Why it starts there, for people. */
  readonly reason: string;
  /** Whether the whole feed is read, so that its count is meaningful. */
  readonly whole: boolean;
  /**
   * Whether a newer stored version is kept when an older one is read. Only in a plain sync, because a lagging replica may
   * answer; a whole pass and an explicit re-read store what the feed shows.
   */
  readonly keepsNewer: boolean;
  advance(watermark: Watermark, cursor: Cursor | undefined, now: number): Watermark;
  /** Moves the watermark at the end of the feed. */
  finish(watermark: Watermark, now: number): Watermark;
};

/** A pass over a dataset by its cursor. */
export type PassPlan = ReadPlan & {
  /** Resets the watermark if records may have been missed, so that the next run starts the pass again. */
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

/** The table has never been complete: the watermark is the checkpoint of the load. */
function firstLoad({ cursor }: Watermark, { restart }: ReadPlanOptions): PassPlan {
  const from = restart ? undefined : cursor;
  return {
    from,
    reason:
      from === undefined ? 'from the beginning of the feed' : `first load, resuming from ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached, now) => setCursor(watermark, reached, now),
    rewind: (watermark) => ({ ...watermark, cursor: undefined }),
    finish: (watermark, now) => ({
      ...watermark,
      load: undefined,
      completeAt: now,
      activeAt: watermark.activeAt ?? now,
    }),
  };
}

/** Plans the active listings before a first load. The checkpoint is stored where a later full-load stores its own. */
export function planActiveFirst({ load }: Watermark, run: number): ReadPlan {
  const from = load?.cursor;
  return {
    from,
    reason:
      from === undefined ? 'active listings first' : `active listings first, resuming from ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached, now) =>
      withLoadCursor(watermark, toStorableCursor(reached, now) ?? watermark.load?.cursor, run),
    finish: (watermark, now) => ({ ...withLoadCursor(watermark, undefined, run), activeAt: now }),
  };
}

/** Starts a little before the watermark, for rows that became visible late. The watermark only moves forward. */
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

/** An explicit start moves the watermark only if it leaves no gap. */
function since({ cursor }: Watermark, from: Cursor): PassPlan {
  const leavesGap = cursor === undefined || pickLater(from, cursor) !== cursor;
  return {
    from,
    reason: leavesGap
      ? `since ${from.timestamp}; the watermark stays, because earlier changes may be missing`
      : `since ${from.timestamp}`,
    whole: false,
    keepsNewer: false,
    advance: leavesGap ? (watermark) => watermark : moveForward,
    rewind: (watermark) => ({ ...watermark, cursor }),
    finish: (watermark, now) => (leavesGap ? watermark : { ...watermark, completeAt: now }),
  };
}

/** Reads the whole feed again over a complete table. Has a separate checkpoint, so that syncs in between work as usual. */
function reload({ load }: Watermark, { restart, run }: ReadPlanOptions): PassPlan {
  const resumed = restart ? undefined : load;
  const from = resumed?.cursor;
  const startedBy = resumed?.run ?? run;
  return {
    from,
    reason:
      from === undefined
        ? 'the whole feed again'
        : `full-load of run ${startedBy}, resuming from ${from.timestamp}`,
    whole: true,
    keepsNewer: false,
    advance: (watermark, reached, now) => {
      const last = watermark.load?.run === startedBy ? watermark.load.cursor : from;
      return { ...watermark, load: { cursor: toStorableCursor(reached, now) ?? last, run: startedBy } };
    },
    rewind: (watermark) => ({ ...watermark, load: { cursor: undefined, run: startedBy } }),
    finish: (watermark, now) => ({
      ...watermark,
      cursor: pickLater(watermark.cursor, watermark.load?.cursor),
      load: undefined,
      completeAt: now,
    }),
  };
}

/** The watermark with the checkpoint of a separate pass, which keeps the run that started it. */
export function withLoadCursor(watermark: Watermark, cursor: Cursor | undefined, run: number): Watermark {
  return { ...watermark, load: { cursor, run: watermark.load?.run ?? run } };
}

function moveForward(watermark: Watermark, reached: Cursor | undefined, now: number): Watermark {
  return { ...watermark, cursor: pickLater(watermark.cursor, toStorableCursor(reached, now)) };
}

function setCursor(watermark: Watermark, reached: Cursor | undefined, now: number): Watermark {
  return { ...watermark, cursor: toStorableCursor(reached, now) ?? watermark.cursor };
}

/** The cursor to store in a watermark; undefined if it is in the future, where the watermark must not move. */
export function toStorableCursor(cursor: Cursor | undefined, now: number): Cursor | undefined {
  return cursor !== undefined && isPast(cursor, now) ? shortenCursor(cursor) : undefined;
}

/** Characters of a timestamp in etl_watermark. */
const MAX_TIMESTAMP_LENGTH = 64;

/** Replaces a cursor that is too long for its columns by the start of its instant, which is then read again completely. */
function shortenCursor(cursor: Cursor): Cursor {
  const { timestamp, key = '' } = cursor;
  if (timestamp.length <= MAX_TIMESTAMP_LENGTH && Array.from(key).length <= MAX_KEY_LENGTH) return cursor;
  const instant = parseInstant(timestamp);
  return instant === undefined ? cursor : { timestamp: new Date(instant).toISOString() };
}
