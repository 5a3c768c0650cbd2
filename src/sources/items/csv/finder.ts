/** Finds the next place of a character in a text, from a place on; `Infinity` if there is none. */
export type Finder = (from: number) => number;

/** The last result is kept: a rare character is not searched for again from every place. */
export function createFinder(text: string, character: string): Finder {
  let since = 0;
  let next = -1;
  return (from) => {
    if (from >= since && from <= next) return next;
    const found = character === '' ? -1 : text.indexOf(character, from);
    since = from;
    next = found === -1 ? Infinity : found;
    return next;
  };
}
