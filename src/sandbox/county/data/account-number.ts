/** Lots of a block: the last ones are commercial or public, the others can have a listing. */
export const LOTS_PER_BLOCK = 40;
export const HOME_LOTS = 36;

/** A place in the district: blocks count from 0, lots from 1. Lots above `LOTS_PER_BLOCK` were added later. */
export type Place = { readonly block: number; readonly lot: number };

/** The place of the home with this number: the listings of the feed's Harris County are these homes, in this order. */
export function homePlace(index: number): Place {
  return { block: Math.floor(index / HOME_LOTS), lot: (index % HOME_LOTS) + 1 };
}

/** Account number of 13 digits: volume, page, block and lot, in the order of places. */
export function accountNumber({ block, lot }: Place): string {
  const page = Math.floor(block / 12);
  const volume = Math.floor(page / 30) + 1;
  return (
    String(volume).padStart(3, '0') +
    String((page % 30) + 1).padStart(3, '0') +
    String((block % 12) + 1).padStart(3, '0') +
    String(lot).padStart(4, '0')
  );
}
