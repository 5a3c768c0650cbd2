import { LOTS_PER_BLOCK } from './account-number.ts';
import { drawNumber } from './draw.ts';
import { type Block, type Home, makeBlock, makeHome } from './home.ts';

/** A state of the district: the files of one tax year in one release. */
export type District = {
  readonly seed: number;
  /** Accounts of the first release. */
  readonly accounts: number;
  readonly year: number;
  /** From 1. Each later one changes about 1 % of the accounts, drops 0.3 % and adds 0.5 %. */
  readonly release: number;
};

/** An account of a state of the district. */
export type Account = Home & {
  /** Position in the district, from 0. */
  readonly nth: number;
  /** The release that changed it last, or added it. */
  readonly version: number;
  readonly owners: number;
  /** Values in whole dollars. */
  readonly landValue: number;
  readonly buildingValue: number;
  readonly extraValue: number;
  readonly marketValue: number;
  /** After the cap. */
  readonly appraisedValue: number;
  readonly isCapped: boolean;
};

/** Keeps the draws of different things apart. */
const SALT = { change: 1, drop: 2, add: 3, owners: 4, cap: 5 } as const;

/** The accounts in the order of their numbers. */
export function* accountsOf(district: District): Generator<Account> {
  let nth = 0;
  for (let block = 0; block * LOTS_PER_BLOCK < district.accounts; block++) {
    const of = makeBlock(district.seed, block);
    const lots = Math.min(LOTS_PER_BLOCK, district.accounts - block * LOTS_PER_BLOCK);
    for (let lot = 1; lot <= lots; lot++) {
      if (isDropped(district, block, lot)) continue;
      yield makeAccount(district, of, lot, nth++);
    }
    for (let release = 2; release <= district.release; release++) {
      if (drawNumber(district.seed, SALT.add, block, release) < 0.2)
        yield makeAccount(district, of, LOTS_PER_BLOCK + release, nth++);
    }
  }
}

function isDropped({ seed, release }: District, block: number, lot: number): boolean {
  for (let r = 2; r <= release; r++) if (drawNumber(seed, SALT.drop, block, lot, r) < 0.003) return true;
  return false;
}

function makeAccount(district: District, of: Block, lot: number, nth: number): Account {
  const { seed, year } = district;
  const { block } = of;
  const home = makeHome(of, lot);
  const version = versionOf(district, block, lot);
  const growth = (1 + (year - 2020) * 0.03) * (1 + (version - 1) * 0.02);
  const landValue = Math.round(home.lotSquareFeet * 9 * growth);
  const buildingValue = Math.round(home.livingArea * 105 * growth);
  const extraValue = home.hasPool ? 21_500 : 0;
  const marketValue = landValue + buildingValue + extraValue;
  const isCapped = home.kind === 'house' && drawNumber(seed, SALT.cap, block, lot) < 0.3;
  return Object.assign(home, {
    nth,
    version,
    owners: drawNumber(seed, SALT.owners, block, lot) < 0.2 ? 2 : 1,
    landValue,
    buildingValue,
    extraValue,
    marketValue,
    appraisedValue: isCapped ? Math.round(marketValue * 0.9) : marketValue,
    isCapped,
  });
}

function versionOf({ seed, release }: District, block: number, lot: number): number {
  for (let r = release; r > 1; r--)
    if (lot === LOTS_PER_BLOCK + r || drawNumber(seed, SALT.change, block, lot, r) < 0.01) return r;
  return 1;
}

/** The name of an owner: invented, with the version of the account that it was sold in. */
export function ownerName(account: Account, line: number): string {
  const number = String(account.block * 100 + account.lot).padStart(6, '0');
  const suffix = account.version > 1 ? ` ${account.version}` : '';
  if (account.nth % 59 === 11) return `O\u2019BRIEN PE\u00D1A ${number}${suffix}`;
  return line === 1 ? `OWNER ${number}${suffix} LLC` : `OWNER ${number} TRUST`;
}
