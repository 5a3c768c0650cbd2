/** A box on the map, in degrees, as they were given. */
export type Box = {
  readonly west: string;
  readonly south: string;
  readonly east: string;
  readonly north: string;
};

const DEGREES = /^-?\d{1,3}(?:\.\d{1,12})?$/;

/** Parses `west,south,east,north`; undefined if it is no box. */
export function parseBox(text: string): Box | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const [west = '', south = '', east = '', north = ''] = parts;
  const isValid =
    parts.length === 4 &&
    parts.every((part) => DEGREES.test(part)) &&
    [west, east].every((each) => Math.abs(Number(each)) <= 180) &&
    [south, north].every((each) => Math.abs(Number(each)) <= 90) &&
    Number(west) <= Number(east) &&
    Number(south) <= Number(north);
  return isValid ? { west, south, east, north } : undefined;
}
