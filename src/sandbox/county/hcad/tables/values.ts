import { accountsOf, type District } from '../../data/district.ts';
import type { Cell, Row } from '../../format/column.ts';
import { JURISDICTIONS } from './real-acct.ts';

/** Nine rows for each account. */
export function* jurValues(district: District): Generator<Row> {
  for (const { account, kind, appraisedValue } of accountsOf(district)) {
    const taxable = kind === 'exempt' ? 0 : appraisedValue;
    for (const code of JURISDICTIONS)
      yield [
        account,
        code,
        'C',
        '1.0000',
        appraisedValue,
        code === '061' && kind === 'house' ? Math.round(taxable * 0.8) : taxable,
      ];
  }
}

/** Nine rows for each account; NONE for those without an exemption. */
export function* jurExemptions(district: District): Generator<Row> {
  for (const account of accountsOf(district)) {
    const { kind } = account;
    const category = exemptionOf(kind);
    const value = Math.round(account.appraisedValue * 0.2);
    const exempt: Cell =
      account.nth % 211 === 19 ? { raw: 'Pending', value: null } : category === 'NONE' ? 0 : value;
    for (const code of JURISDICTIONS) yield [account.account, code, category, exempt];
  }
}

export function* exemptionCodes(district: District): Generator<Row> {
  for (const { account, kind, nth } of accountsOf(district)) {
    if (exemptionOf(kind) !== 'NONE') yield [account, nth % 6 === 0 ? 'RES OVR' : exemptionOf(kind)];
  }
}

function exemptionOf(kind: string): string {
  return kind === 'house' ? 'RES' : kind === 'exempt' ? 'TOT' : 'NONE';
}

export const EXEMPTIONS: readonly (readonly [string, string])[] = [
  ['APD', 'Appraised Value - Disability'],
  ['DIS', 'Disability'],
  ['NONE', 'No Exemption'],
  ['OVR', 'Over-65'],
  ['RES', 'Residential Homestead'],
  ['TOT', 'Total Exemption'],
  ['V11', 'Veteran - 10 to 29 %'],
];

/** Rates of each district and exemption. The name of one district is a NUL byte. */
export function* districtRates(type: string): Generator<Row> {
  for (const [n, code] of JURISDICTIONS.entries()) {
    const name: Cell = code === '048' ? { raw: '\0', value: null } : `TAXING DISTRICT ${code}`;
    for (const [exemption] of EXEMPTIONS) {
      if (exemption.length > 3) continue;
      yield [
        type,
        code,
        name,
        exemption,
        `0.${870_000 + n * 100}`,
        `0.${878_300 + n * 100}`,
        5000 * n,
        '0.2000',
      ];
    }
  }
}
