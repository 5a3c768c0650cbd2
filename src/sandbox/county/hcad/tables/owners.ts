import { type Account, accountsOf, type District, ownerName } from '../../data/district.ts';
import { oddText, tooLongText } from '../../data/odd-text.ts';
import type { Row } from '../../format/column.ts';
import { siteAddress } from './real-acct.ts';

export function* owners(district: District): Generator<Row> {
  let nth = 0;
  for (const account of accountsOf(district)) {
    for (let line = 1; line <= account.owners; line++) {
      const name = nth % 3000 === 29 ? tooLongText(100) : ownerName(account, line);
      const share = account.owners === 1 ? '1.0000' : '0.5000';
      yield [account.account, line, name, oddText(null, nth), share];
      nth++;
    }
  }
}

export function* deeds(district: District): Generator<Row> {
  for (const account of accountsOf(district)) {
    if (account.nth % 3 === 2) continue;
    const year = 2000 + (account.nth % 25);
    const day = String((account.nth % 27) + 1).padStart(2, '0');
    const clerk = `${String.fromCodePoint(65 + (account.nth % 26))}${100_000 + account.nth}`;
    yield [account.account, `${year}-02-${day}`, year, clerk, 1];
  }
}

export function* permits(district: District): Generator<Row> {
  for (const account of accountsOf(district)) {
    if (account.nth % 4 !== 1) continue;
    const { block, lot } = account;
    const date = `2019-0${(block % 9) + 1}-1${lot % 10}`;
    yield [
      account.account,
      500_000 + block * 100 + lot,
      'HOU',
      'C',
      oddText('Repair roof, 24" overhang', account.nth),
      'A1',
      '31',
      'Residential Addition',
      'RES',
      date,
      2019,
      account.streetNumber,
      null,
      account.street,
      account.shortSuffix,
      null,
      account.unit ?? null,
    ];
  }
}

/** Accounts that were split from the one before them in the block. */
export function* parcelTieback(district: District): Generator<Row> {
  let before: Account | undefined;
  for (const account of accountsOf(district)) {
    if (account.nth % 40 === 3 && before !== undefined)
      yield [account.account, 'S', 'Split from', before.account, '0.5000'];
    before = account;
  }
}

export function* minerals(district: District): Generator<Row> {
  for (const account of accountsOf(district)) {
    if (account.kind !== 'exempt') continue;
    yield [account.account, 'G1', `0${account.block}-12345`, 'RI', '0.015625'];
  }
}

export function* ownershipHistory(district: District): Generator<Row> {
  for (const account of accountsOf(district)) {
    const address = siteAddress(account);
    yield [
      account.account,
      `19${80 + (account.nth % 19)}-05-0${(account.nth % 9) + 1}`,
      'OWNER BEFORE LLC',
      address,
    ];
    // Two sales on one day look alike.
    if (account.nth % 10 === 0) {
      yield [account.account, '1999-12-31', 'OWNER BETWEEN LLC', address];
      yield [account.account, '1999-12-31', 'OWNER BETWEEN LLC', address];
    }
  }
}

export function* neighborhoods(district: District): Generator<Row> {
  const count = Math.min(900, Math.ceil(district.accounts / 40));
  // One neighborhood of a big district is missing, as some are in the published table.
  for (let n = count > 200 ? 1 : 0; n < count; n++)
    yield [
      `${7000 + n}.0${n % 10}`,
      n % 7 === 0 ? null : String(1000 + ((7000 + n) % 50)),
      n % 3 === 0 ? null : `NEIGHBORHOOD ${n} SEC "A"`,
    ];
}
