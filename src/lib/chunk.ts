/**
 * Cuts a list into runs of at most `most` items that together weigh at most `limit`.
 * An item that alone weighs more stands in a run of its own.
 */
export function chunk<T>(
  items: readonly T[],
  most: number,
  limit = Infinity,
  weigh: (item: T) => number = () => 0,
): T[][] {
  const chunks: T[][] = [];
  let current: T[] = [];
  let weight = 0;
  for (const item of items) {
    const own = weigh(item);
    if (current.length > 0 && (current.length >= most || weight + own > limit)) {
      chunks.push(current);
      current = [];
      weight = 0;
    }
    current.push(item);
    weight += own;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
