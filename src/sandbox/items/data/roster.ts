import type { RawRecord } from '../../../sources/items.ts';
import { towns } from '../../trestle/data/towns.ts';
import { brokerages, firstNames, lastNames } from '../../trestle/data/words.ts';
import { type RecordKind, textOf } from './entry.ts';

export const ROSTER_COLUMNS = [
  'License No',
  'First Name',
  'Last Name',
  'Office',
  'City',
  'ZIP',
  'Phone',
  'Hired',
  'Volume',
  'Sales',
] as const;

/** The values of a record in the order of `ROSTER_COLUMNS`. */
export function rosterRow(record: RawRecord): string[] {
  return ROSTER_COLUMNS.map((name) => textOf(record, name));
}

/** Agents of a brokerage: license numbers and ZIP codes begin with zeros, dates are American. */
export const roster: RecordKind = {
  create: (number, random) => {
    const key = String(number * 7).padStart(8, '0');
    const [month, day] = [random.int(1, 12), random.int(1, 28)].map((part) => String(part).padStart(2, '0'));
    return {
      key,
      record: {
        'License No': key,
        'First Name': random.pick(firstNames),
        'Last Name': random.pick(lastNames),
        Office: random.pick(brokerages),
        City: random.pick(towns).city,
        ZIP: `0${random.int(7000, 7999)}`,
        Phone: `713-555-01${random.int(10, 99)}`,
        Hired: `${month}/${day}/${random.int(1998, 2025)}`,
        Volume: `${random.int(0, 90)},${random.int(100, 999)},${random.int(100, 999)}.${random.int(10, 99)}`,
        Sales: String(random.int(0, 60)),
      },
    };
  },
  edit: (record, random) => ({
    ...record,
    Office: random.pick(brokerages),
    Sales: String(random.int(61, 99)),
  }),
};
