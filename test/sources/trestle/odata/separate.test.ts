import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customProperty } from '../../../../src/sources/trestle/datasets/custom-property.ts';
import { media } from '../../../../src/sources/trestle/datasets/media.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import { expandedMembersOf, separatePage } from '../../../../src/sources/trestle/odata/separate.ts';
import { splitPage } from '../../../../src/sources/trestle/odata/split.ts';
import { membersOf } from '../../../../src/dataset/members.ts';
import { readMembers, recordText } from '../../../../src/transform/scan-record.ts';

const children = [media, customProperty];

async function separated(records: readonly string[]) {
  const body = Buffer.from(`{"value":[${records.join(',')}],"@odata.count":${records.length}}`);
  const page = await splitPage(body, expandedMembersOf(property, children));
  return separatePage(property, children, page);
}

const word = fc.stringMatching(/^[a-zé"\\]{0,8}$/);
const photo = fc.record({ MediaKey: word, ShortDescription: word, Order: fc.nat() });
/** The members of a listing in any order, and the expanded ones at any place among them. */
const listing = fc
  .record({
    plain: fc.uniqueArray(
      fc.tuple(fc.constantFrom('City', 'ListPrice', 'Unknown', '@odata.id', 'PublicRemarks'), word),
      { selector: ([name]) => name },
    ),
    photos: fc.option(fc.array(photo, { maxLength: 3 })),
    hasCustom: fc.boolean(),
    hasLink: fc.boolean(),
    places: fc.array(fc.nat({ max: 9 }), { minLength: 4, maxLength: 4 }),
    space: fc.constantFrom('', ' ', '\n  '),
  })
  .map(({ plain, photos, hasCustom, hasLink, places, space }) => {
    const own: [string, unknown][] = [['ListingKey', 'key'], ...plain];
    const expanded: [string, unknown][] = [
      ['Media', photos],
      ...(hasLink ? [['Media@odata.nextLink', 'https://x/y'] as [string, unknown]] : []),
      ...(hasCustom ? [['CustomProperty', [{ ListingKey: 'key' }]] as [string, unknown]] : []),
    ];
    const all = [...own];
    for (const [nth, member] of expanded.entries()) all.splice(Math.min(all.length, places[nth]!), 0, member);
    const write = (members: readonly [string, unknown][]): string =>
      `{${members.map(([name, value]) => `${space}${JSON.stringify(name)}:${space}${JSON.stringify(value)}`).join(',')}}`;
    const order = all.filter((member) => own.includes(member));
    return { sent: write(all), own: write(order), photos: photos ?? [], hasCustom };
  });

test('promise 7: a record without its child records has the bytes, and the members, that it has in a plain page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(listing, { minLength: 1, maxLength: 4 }), async (listings) => {
      const page = (await separated(listings.map(({ sent }) => sent)))!;
      const plain = await splitPage(
        Buffer.from(`{"value":[${listings.map(({ own }) => own).join(',')}]}`),
        membersOf(property),
      );
      expect(page.records.map(recordText)).toEqual(listings.map(({ own }) => own));
      for (const [index, record] of page.records.entries()) {
        const expected = plain.records[index]!;
        if (typeof record === 'string' || typeof expected === 'string') throw new Error('was not scanned');
        expect(record.names).toBe(membersOf(property));
        expect(readMembers(record)).toEqual(readMembers(expected));
        expect([...record.offsets]).toEqual([...expected.offsets]);
      }
    }),
    { numRuns: 300 },
  );
});

test('promise 9: the child records are those that were sent with a parent', async () => {
  await fc.assert(
    fc.asyncProperty(listing, async ({ sent, photos, hasCustom }) => {
      const page = (await separated([sent]))!;
      const read = async (dataset: typeof media): Promise<unknown[]> =>
        (await page.children(dataset, ['key', 'other'])).records.map((record) =>
          JSON.parse(recordText(record)),
        );
      expect(await read(media)).toEqual(photos);
      expect(await read(customProperty)).toEqual(hasCustom ? [{ ListingKey: 'key' }] : []);
    }),
  );
});

test.each([
  ['bytes that are not UTF-8', Buffer.from('{"value":[{"ListingKey":"a\xff"}]}', 'latin1')],
  ['two members of one name', Buffer.from('{"value":[{"Media":[],"Media":[]}]}')],
  ['no object', Buffer.from('{"value":[7]}')],
])('a page with %s is not separated', async (_, body) => {
  const page = await splitPage(body, expandedMembersOf(property, children));
  expect(separatePage(property, children, page)).toBeUndefined();
});
