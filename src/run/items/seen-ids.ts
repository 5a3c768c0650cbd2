/** Ids of rows that a run has seen: one bit each, so that millions take little memory. */
export type SeenIds = {
  add(ids: readonly number[]): void;
  has(id: number): boolean;
};

const PAGE_BITS = 2 ** 16;

export function createSeenIds(): SeenIds {
  const pages = new Map<number, Uint8Array>();
  return {
    add: (ids) => {
      for (const id of ids) {
        const nth = Math.floor(id / PAGE_BITS);
        const page = pages.get(nth) ?? new Uint8Array(PAGE_BITS / 8);
        pages.set(nth, page);
        const bit = id % PAGE_BITS;
        page[bit >> 3]! |= 1 << (bit & 7);
      }
    },
    has: (id) => {
      const bit = id % PAGE_BITS;
      return ((pages.get(Math.floor(id / PAGE_BITS))?.[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
    },
  };
}
