import { DAY_MS } from '../../../lib/time.ts';
import type { RecordKind } from './entry.ts';

/** A Thursday. */
const FIRST = Date.UTC(2015, 0, 1);

/** Weekly averages of a 30-year mortgage as FRED serves them: values are text, and `.` is a missing value. */
export const rates: RecordKind = {
  create: (number, random) => {
    const date = new Date(FIRST + (number - 1) * 7 * DAY_MS).toISOString().slice(0, 10);
    const value = number % 40 === 7 ? '.' : (3 + 4 * random.next()).toFixed(2);
    return { key: date, record: { date, value } };
  },
  edit: (record, random) => ({ ...record, value: (3 + 4 * random.next()).toFixed(2) }),
};
