import { beforeAll, describe, expect, test } from 'vitest';
import type { RecordReport } from '../../../src/report/record-report.ts';
import { renderRecord } from '../../../src/serve/dashboard/pages/record-page.ts';
import { html } from '../../../src/serve/dashboard/html.ts';
import { hideQuoted, showValue } from '../../../src/serve/dashboard/public-values.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { served } from '../../helpers/serve.ts';
import { addListings, insertRows } from '../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../helpers/template.ts';

const SECRETS = /owner llc|1 secret oak|gate code|29\.0001|P-1/i;

describe('a stored listing', () => {
  let db: FreshDatabase;
  const ADDRESSES: Readonly<Record<number, Record<string, unknown>>> = {
    1: { internet_address_display_yn: 0 },
    2: { internet_entire_listing_display_yn: 0 },
  };

  beforeAll(async () => {
    db = await migratedDatabase();
    await addListings(db, 3, (nth) => ADDRESSES[nth] ?? {});
    const seen = { run_id: 1, first_seen: '2026-01-01', last_seen: '2026-01-01', times_seen: 1 };
    const issues = ['PrivateRemarks', 'UnparsedAddress', 'PublicRemarks', 'ParcelNumber'].map((field) => ({
      dataset: 'Property',
      field,
      rule: 'is too long',
      action: 'cut',
      value: { PrivateRemarks: 'Gate code 9911', PublicRemarks: 'Bright' }[field] ?? '1 Secret Oak Lane',
      ...seen,
    }));
    for (const nth of [1, 2, 3]) {
      await insertRows(
        db,
        'etl_field_issue',
        issues.map((issue) => ({ ...issue, record_key: `key-000${nth}` })),
      );
    }
    await insertRows(db, 'etl_quarantine', [
      {
        resource: 'Property',
        record_key: 'refused',
        raw: '{}',
        reasons: JSON.stringify([
          { field: 'PrivateRemarks', rule: 'is too long', value: 'Gate code 9911' },
          { field: 'UnparsedAddress', rule: 'is too long', value: '1 Secret Oak Lane' },
          { field: '', rule: "Duplicate entry '1 Secret Oak Lane' for key 'mine'", value: '{"Gate code":1}' },
          { field: 'ListPrice', rule: 'is not a number', value: 'cheap' },
        ]),
        ...seen,
      },
    ]);
  });

  test.each(['/record/key-0001', '/record/key-0002', '/record/refused', '/', '/search?q=key-0001'])(
    'promise 36: %s shows no remarks for agents and no address that the seller hides',
    async (path) => {
      const { get } = await served(db);
      const { text } = await get(path);
      expect(text).not.toMatch(SECRETS);
    },
  );

  test('values that anyone may see are shown, and the rules of all', async () => {
    const { get } = await served(db);
    const shown = await get('/record/key-0003');
    expect(shown.text).toMatch(/UnparsedAddress[^]*1 Secret Oak Lane/);
    expect(shown.text).toMatch(/PublicRemarks[^]*Bright/);
    expect(shown.text).not.toMatch(/gate code/i);
    expect((await get('/record/refused')).text).toMatch(/cheap/);
    const hidden = await get('/record/key-0002');
    expect(hidden.text).not.toMatch(/102,?000|Houston/);
  });
});

test('a parcel is shown with the address only, and never with its owner', () => {
  const account = {
    number: '00123',
    year: 2026,
    method: 'number',
    score: 1,
    owner: 'OWNER LLC',
    address: '1 SECRET OAK LN',
    marketValue: 350_000,
    appraisedValue: 300_000,
  };
  const report: RecordReport = {
    resource: 'Property',
    key: 'key-0001',
    here: undefined,
    quarantined: [],
    fields: [],
    parcels: [{ source: 'hcad', parcelNumber: 'P-1', account, compared: [] }],
  };
  const render = (showsAddress: boolean): string =>
    html`${renderRecord(report, { showsListing: true, showsAddress, address: null }, false).content}`.text;
  expect(render(false)).not.toMatch(/hcad|00123|SECRET OAK|OWNER/);
  expect(render(true)).toMatch(/hcad[^]*00123[^]*1 SECRET OAK LN/);
  expect(render(true)).not.toMatch(/OWNER LLC/);
});

test.each([
  ['Property', 'ListPrice', true],
  ['Property', 'PrivateRemarks', false],
  ['Property', 'OwnerName', false],
  ['Property', 'X_Gate', false],
  ['Media', 'MediaURL', false],
  ['Media', 'ShortDescription', true],
  ['OpenHouse', 'OpenHouseStartTime', true],
  ['OpenHouse', 'ShowingAgentFirstName', false],
  ['Member', 'MemberMobilePhone', false],
  ['Property', '', false],
  ['Property', 'x'.repeat(80), false],
])('the value of %s.%s is shown: %s', (dataset, field, isShown) => {
  expect(showValue(dataset, { field, value: 'v' }, true)).toBe(isShown ? 'v' : 'hidden');
});

test('values that a database quotes are hidden, names are not', () => {
  expect(hideQuoted("Duplicate entry 'O'Hara, 1 Main St' for key 'mine'")).toBe(
    "Duplicate entry '…' for key 'mine'",
  );
  expect(hideQuoted(String.raw`Incorrect string value: '\xF0\x9F' for column 'remarks' at row 1`)).toBe(
    "Incorrect string value: '…' for column 'remarks' at row 1",
  );
  expect(hideQuoted("Unknown column 'a'")).toBe("Unknown column 'a'");
});
