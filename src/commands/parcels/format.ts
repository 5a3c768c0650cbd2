import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';

/** How many listings of a county match an account. */
export type MatchRates = {
  readonly source: string;
  readonly listings: number;
  readonly byMethod: Readonly<Record<string, number>>;
  /** Listings that several accounts fit equally; null: only matching finds them. */
  readonly ambiguous: number | null;
  /** When a match last changed, `YYYY-MM-DD hh:mm:ss` UTC; null: never. */
  readonly changedAt: string | null;
};

/** Formats the rates of a county for people. */
export function formatRates({ source, listings, byMethod, ambiguous, changedAt }: MatchRates): string {
  const methods = Object.entries(byMethod);
  const matched = methods.reduce((sum, [, count]) => sum + count, 0);
  const when = changedAt === null ? '' : `, last changed ${changedAt.slice(0, 16)} UTC`;
  const rows = [
    ...methods,
    ...(ambiguous === null ? [] : [['ambiguous', ambiguous] as const]),
    [ambiguous === null ? 'no match' : 'no account', listings - matched - (ambiguous ?? 0)] as const,
  ].map(([name, count]) => [`  ${name}`, formatInteger(count), formatShare(count, listings)]);
  return [
    `${source}: ${formatInteger(matched)} of ${formatInteger(listings)} listings match an account (${formatShare(matched, listings)})${when}`,
    ...formatTable(rows, new Set([1, 2])),
  ].join('\n');
}

function formatShare(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;
}
