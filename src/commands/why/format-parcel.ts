import { formatInteger } from '../../lib/number.ts';
import type { ListingParcel } from '../../record/listing-parcel.ts';

/** Describes the account of a listing, and what differs. */
export function describeParcel({ source, parcelNumber, account, compared }: ListingParcel): string[] {
  if (account === null) {
    return [`  parcel: no account of ${source} matches; the parcel number is ${parcelNumber ?? 'missing'}`];
  }
  const { number, year, method, score, owner, address, marketValue, appraisedValue } = account;
  const differences = compared.filter((each) => isDifferent(each.listing, each.account));
  return [
    `  parcel: ${source} ${number} of ${year}, by ${method} (score ${score}): ${owner ?? 'no owner'}, ${address ?? 'no address'}`,
    `    value before the cap ${formatAmount(marketValue)}, after it ${formatAmount(appraisedValue)}`,
    ...differences.map(
      ({ field, listing, account: value }) =>
        `    differs: ${field} is ${formatAmount(listing)} in the listing, ${formatAmount(value)} in the account`,
    ),
    ...(differences.length === 0
      ? ['    living area, year built and bedrooms agree, if both have them']
      : []),
  ];
}

/** A value that one side lacks is no difference. */
function isDifferent(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && one !== other;
}

function formatAmount(value: number | null): string {
  if (value === null) return 'none';
  return Number.isInteger(value) && value > 9999 ? formatInteger(value) : String(value);
}
