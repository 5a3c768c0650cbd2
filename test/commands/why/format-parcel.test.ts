import { expect, test } from 'vitest';
import { describeParcel } from '../../../src/commands/why/format-parcel.ts';
import type { ListingParcel } from '../../../src/record/listing-parcel.ts';

const parcel: ListingParcel = {
  source: 'hcad',
  parcelNumber: '099-001-000-0012',
  account: {
    number: '0990010000012',
    year: 2026,
    method: 'number',
    score: 0.95,
    owner: 'OWNER 000017 LLC',
    address: '12 OAK ST',
    marketValue: 385_000,
    appraisedValue: null,
  },
  compared: [
    { field: 'living area', listing: 1834, account: 1714 },
    { field: 'year built', listing: null, account: 1963 },
    { field: 'bedrooms', listing: 3, account: 3 },
  ],
};

test('names the account, how it was found, and only what differs', () => {
  const text = describeParcel(parcel).join('\n');
  expect(text).toContain('hcad 0990010000012 of 2026, by number (score 0.95): OWNER 000017 LLC, 12 OAK ST');
  expect(text).toContain('before the cap 385,000, after it none');
  expect(text).toContain('differs: living area is 1834 in the listing, 1714 in the account');
  expect(text).not.toMatch(/year built|bedrooms/);
});

test('says that both agree, and that no account matches', () => {
  expect(describeParcel({ ...parcel, compared: [] }).at(-1)).toContain('agree');
  const none = describeParcel({ ...parcel, account: null, compared: [] });
  expect(none).toEqual(['  parcel: no account of hcad matches; the parcel number is 099-001-000-0012']);
});
