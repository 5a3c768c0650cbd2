import { streets, suffixes } from '../../trestle/data/words.ts';
import type { RecordKind } from './entry.ts';

const TYPES = ['Building Permit', 'Mechanical Permit', 'Plumbing Permit', 'Electrical Permit', 'Demolition'];
const CLASSES = ['Residential', 'Commercial'];
const WORK = [
  'New single family residence',
  'Remodel of kitchen',
  'Replace water heater',
  'New pool',
  'Re-roof',
];

/** Building permits of a city as Socrata serves them: every value is text, and fields without a value are left out. */
export const permits: RecordKind = {
  create: (number, random, at) => {
    const key = `2026-${String(number).padStart(6, '0')} BP`;
    return {
      key,
      record: {
        permit_number: key,
        permit_type_desc: random.pick(TYPES),
        permit_class: random.pick(CLASSES),
        description: random.pick(WORK),
        original_address1:
          `${random.int(100, 9900)} ${random.pick(streets)} ${random.pick(suffixes)}`.toUpperCase(),
        original_zip: `0${random.int(7000, 7999)}`,
        // A floating timestamp: local time without a zone.
        issue_date: `${new Date(at).toISOString().slice(0, 10)}T00:00:00.000`,
        ...(random.chance(0.8) ? { total_job_valuation: String(random.int(1, 900) * 1000) } : {}),
        ...(random.chance(0.5) ? { housing_units: String(random.int(0, 12)) } : {}),
        status_current: 'Active',
        link: { url: `https://data.example.gov/permits/${number}` },
      },
    };
  },
  edit: (record, random) => ({
    ...record,
    status_current: random.pick(['Final', 'Expired', 'On hold']),
    total_job_valuation: String(random.int(1, 900) * 1000),
  }),
};
