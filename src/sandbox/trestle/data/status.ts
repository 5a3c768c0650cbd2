import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/time.ts';
import { formatDay, stamp, formatEastern, formatUtc } from '../instant.ts';
import type { Random } from '../random.ts';
import type { SandboxRecord } from '../record.ts';

const weights: readonly (readonly [status: string, share: number])[] = [
  ['Active', 38],
  ['Closed', 30],
  ['Pending', 12],
  ['ActiveUnderContract', 6],
  ['Expired', 5],
  ['Withdrawn', 3],
  ['Canceled', 3],
  ['Hold', 2],
  ['ComingSoon', 1],
];

const CONTRACTED = new Set(['ActiveUnderContract', 'Pending', 'Closed']);
const OFF_MARKET = new Set(['Pending', 'Closed', 'Expired', 'Withdrawn', 'Canceled', 'Hold']);

/** Makes the status with its dates and timestamps; no timestamp is after `at`, the listing's last change. */
export function makeStatus(source: Random, at: number): SandboxRecord {
  const current = pickStatus(source);
  const changed = at - source.int(0, 3 * DAY_MS);
  const onMarket = changed - source.int(2, 150) * DAY_MS - source.int(0, DAY_MS);
  const entered = onMarket - source.int(HOUR_MS, 5 * DAY_MS);
  const contracted = CONTRACTED.has(current)
    ? current === 'Closed'
      ? Math.max(onMarket + DAY_MS, changed - source.int(20, 45) * DAY_MS)
      : changed
    : undefined;
  const off = OFF_MARKET.has(current) ? (contracted ?? changed) : undefined;
  const days = Math.round(((off ?? at) - onMarket) / DAY_MS);
  const dateIf = (name: string): string | null => (current === name ? formatDay(changed) : null);
  return {
    StandardStatus: current,
    MlsStatus: current.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
    MajorChangeType: current === 'Active' ? 'NewListing' : current,
    ListingContractDate: formatDay(entered),
    OnMarketDate: current === 'ComingSoon' ? null : formatDay(onMarket),
    OffMarketDate: off === undefined ? null : formatDay(off),
    BackOnMarketDate: current === 'Active' && source.chance(0.06) ? formatDay(changed) : null,
    PurchaseContractDate: contracted === undefined ? null : formatDay(contracted),
    CloseDate: dateIf('Closed'),
    ExpirationDate: current === 'Expired' ? formatDay(changed) : formatDay(entered + 180 * DAY_MS),
    WithdrawnDate: dateIf('Withdrawn'),
    DaysOnMarket: days,
    CumulativeDaysOnMarket: days + (source.chance(0.1) ? source.int(10, 200) : 0),
    OriginalEntryTimestamp: stamp(entered),
    OnMarketTimestamp: source.chance(0.1) ? formatEastern(onMarket) : stamp(onMarket),
    OffMarketTimestamp: off === undefined ? null : stamp(off),
    PendingTimestamp: contracted === undefined ? null : stamp(contracted),
    PriceChangeTimestamp: source.chance(0.3) ? stamp(onMarket + (changed - onMarket) / 2) : null,
    StatusChangeTimestamp: stamp(changed),
    MajorChangeTimestamp: source.chance(0.1) ? formatUtc(changed) : stamp(changed),
    OpenHouseModificationTimestamp:
      current === 'Active' && source.chance(0.2) ? formatEastern(at - source.int(MINUTE_MS, DAY_MS)) : null,
  };
}

function pickStatus(source: Random): string {
  let left = source.next() * 100;
  for (const [name, share] of weights) {
    left -= share;
    if (left < 0) return name;
  }
  return 'Active';
}
