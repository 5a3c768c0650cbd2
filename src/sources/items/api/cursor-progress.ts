import { compileJsonPath } from '../../../lib/json-path.ts';
import { DAY_MS } from '../../../lib/time.ts';
import type { SinceSettings } from './settings.ts';
import { compareValues, type CursorValue, readValue } from './values.ts';

/** What the records of a read show of the checkpoint. It is stored in the position of an interrupted read. */
export type CursorProgressState = {
  /** The greatest value so far; null: none. */
  readonly max: string | null;
  /** The last value, with which the next one is compared; null: none. */
  readonly last: string | null;
  /** Whether records came in another order than `order: asc`. */
  readonly isUnsorted: boolean;
};

/** Follows the values of the cursor field through a read. */
export type CursorProgress = {
  add(records: readonly unknown[]): void;
  /** Everything up to it is stored if the read ends here. */
  current(): string | null;
  /** Everything up to it is stored if the read has ended. */
  final(): string | null;
  state(): CursorProgressState;
  /** What the user should know at the end of the read. */
  warnings(): string[];
};

/** Clocks differ, and zones too. */
const MAX_FUTURE_MS = 2 * DAY_MS;
/** From this number on it is not by chance that no record has the field. */
const MIN_RECORDS = 20;

/**
 * @param start the value of the checkpoint that the read began with.
 * @param stored of an interrupted read that is resumed.
 */
export function createCursorProgress(
  { field, format, order }: SinceSettings,
  start: string | null,
  stored: CursorProgressState | undefined,
  now: number,
): CursorProgress {
  const find = compileJsonPath(field);
  const read = (text: string | null | undefined) => readValue(text, format);
  let max = read(stored?.max) ?? read(start);
  let previous = read(stored?.last);
  let isUnsorted = stored?.isUnsorted ?? false;
  let isProven = false;
  const counts = { all: 0, unknown: 0, future: 0 };
  const addValue = (value: CursorValue): void => {
    if (previous !== undefined) {
      const difference = compareValues(previous, value);
      isProven ||= difference < 0;
      isUnsorted ||= difference > 0;
    }
    previous = value;
    if (max === undefined || compareValues(max, value) < 0) max = value;
  };
  const final = (): string | null => max?.text ?? start;
  return {
    add: (records) => {
      for (const record of records) {
        counts.all += 1;
        const value = readValue(find(record), format);
        if (value === undefined) counts.unknown += 1;
        else if (value.ms !== undefined && value.ms > now + MAX_FUTURE_MS) counts.future += 1;
        else addValue(value);
      }
    },
    current: () => (order === 'asc' && isProven && !isUnsorted ? final() : start),
    final,
    state: () => ({ max: max?.text ?? null, last: previous?.text ?? null, isUnsorted }),
    warnings: () => [
      ...describeUnknown(counts, field),
      ...(counts.future === 0
        ? []
        : [
            `${counts.future} of ${counts.all} records have a future ${field}: they do not move the checkpoint`,
          ]),
      ...(order === 'asc' && isUnsorted
        ? [`records are not sorted by ${field}: the checkpoint moves only at the end of a read`]
        : []),
    ],
  };
}

function describeUnknown({ all, unknown }: { all: number; unknown: number }, field: string): string[] {
  if (unknown === 0) return [];
  return unknown === all && all >= MIN_RECORDS
    ? [
        `none of ${all} records has a readable ${field}: the checkpoint cannot move; check since.field and since.format`,
      ]
    : [`${unknown} of ${all} records have no readable ${field}: they do not move the checkpoint`];
}
