/** How many letters to add, remove or replace to turn `a` into `b` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(a).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(b).entries()) {
      next.push(Math.min(next[column]! + 1, row[column + 1]! + 1, row[column]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}

/**
 * The known name that differs least from a misspelled one, regardless of case; undefined if more than two letters differ, or
 * every letter of a name of one or two letters.
 */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((each) => ({ each, distance: editDistance(each.toLowerCase(), name.slice(0, 64).toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.min(2, name.length - 1))
    .toSorted((a, b) => a.distance - b.distance);
  return nearest?.each;
}
