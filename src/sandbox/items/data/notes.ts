import { firstNames, streets, suffixes } from '../../trestle/data/words.ts';
import type { RecordKind } from './entry.ts';

const STATES = ['open', 'waiting', 'done'];
const TOPICS = ['Call back', 'Showing', 'Offer', 'Inspection', 'Appraisal', 'Closing', 'Price change'];

/** Notes of a CRM, with whole numbers as ids and amounts that a double does not hold exactly. */
export const notes: RecordKind = {
  create: (number, random) => {
    const name = random.pick(firstNames);
    const street = `${random.int(100, 9900)} ${random.pick(streets)} ${random.pick(suffixes)}`;
    return {
      key: String(number),
      record: {
        id: number,
        title: `${random.pick(TOPICS)}: ${name}, ${street}`,
        body: `${name} asked about ${street}. <b>Please</b> answer &amp; confirm.`,
        state: random.pick(STATES),
        amount: `${random.int(100, 900)}${random.int(100, 999)}.${random.int(10, 99)}`,
        quantity: random.int(1, 9),
        contact: { name, phone: `713-555-01${random.int(10, 99)}` },
        tags: random.pickSome(TOPICS, 3),
        link: `https://crm.example.com/notes/${number}`,
        // No record of the past has a stamp that its server filled in later.
        reviewed_at: random.chance(0.2) ? null : '2025-03-09T02:30:00Z',
      },
    };
  },
  edit: (record, random) => ({ ...record, state: random.pick(STATES), quantity: random.int(10, 99) }),
};
