/**
 * Splits a list into chunks of at most `maxItems` items that together weigh at most `maxWeight`.
 * A heavier item gets its own chunk.
 */
export function chunk<T>(
  items: readonly T[],
  maxItems: number,
  maxWeight = Infinity,
  weightOf: (item: T) => number = () => 0,
): T[][] {
  const chunks: T[][] = [];
  let current: T[] = [];
  let weight = 0;
  for (const item of items) {
    const itemWeight = weightOf(item);
    if (current.length > 0 && (current.length >= maxItems || weight + itemWeight > maxWeight)) {
      chunks.push(current);
      current = [];
      weight = 0;
    }
    current.push(item);
    weight += itemWeight;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
