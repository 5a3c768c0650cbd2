import { towns } from '../../trestle/data/towns.ts';
import { firstNames, lastNames, schools, streets } from '../../trestle/data/words.ts';
import { type RecordKind, textOf } from './entry.ts';

const CATEGORIES = ['Local', 'Schools', 'Business', 'Traffic', 'Housing'];
const EVENTS = ['opens', 'reopens after repairs', 'asks for comments', 'plans new homes', 'wins an award'];

/** Entries of a local newspaper's feed. */
export const news: RecordKind = {
  create: (number, random) => {
    const town = random.pick(towns).city;
    const school = random.pick(schools);
    return {
      key: `entry-${number}`,
      record: {
        guid: `entry-${number}`,
        title: `${school} School in ${town} ${random.pick(EVENTS)}`,
        link: `https://news.example.com/2026/story-${number}`,
        html: `<p>The school on <em>${random.pick(streets)} Street</em> in ${town} &mdash; founded in ${random.int(1890, 2010)}.</p>`,
        category: random.pick(CATEGORIES),
        author: `${random.pick(firstNames)} ${random.pick(lastNames)}`,
      },
    };
  },
  edit: (record, random) => ({
    ...record,
    title: `${textOf(record, 'title')} (updated)`,
    html: `<p>Corrected: ${random.int(2, 99)} people came.</p>`,
  }),
};
