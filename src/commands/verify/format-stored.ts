import { formatTable } from '../../lib/table.ts';
import type { StoredCounts, StoredFinding } from '../../run/repair/stored.ts';

/** Printed characters of a value. */
const MAX_CHARACTERS = 60;
/** Printed characters before the first difference. */
const MAX_BEFORE = 20;

/** `Property 1155528690 PublicRemarks: stored "chef\u0019s", expected "chef’s"` */
export function formatFinding(finding: StoredFinding): string {
  const { resource, key, field, stored, expected } = finding;
  if (field === undefined && expected === null) return `${resource} ${key} payload: ${stored ?? ''}`;
  const [was, want] = excerptBoth(stored, expected);
  return `${resource} ${key} ${field ?? 'payload'}: stored ${JSON.stringify(was)}, expected ${JSON.stringify(want)}`;
}

/** The same for programs; `why` if the payload cannot be read. */
export function formatFindingAsJson({ resource, key, field, stored, expected }: StoredFinding): string {
  if (field === undefined && expected === null) return JSON.stringify({ resource, key, why: stored });
  const [was, want] = excerptBoth(stored, expected);
  return JSON.stringify({ resource, key, field: field ?? 'payload', stored: was, expected: want });
}

/** Shortens both values to the surroundings of their first difference. */
function excerptBoth(stored: string | null, expected: string | null): [string | null, string | null] {
  const [was, want] = [stored ?? '', expected ?? ''];
  let at = 0;
  while (at < was.length && was[at] === want[at]) at += 1;
  const start = Math.max(0, at - MAX_BEFORE);
  const excerpt = (text: string | null): string | null =>
    text === null || (start === 0 && text.length <= MAX_CHARACTERS)
      ? text
      : `${start > 0 ? '…' : ''}${text.slice(start, start + MAX_CHARACTERS).toWellFormed()}${text.length > start + MAX_CHARACTERS ? '…' : ''}`;
  return [excerpt(stored), excerpt(expected)];
}

/** Formats the counts of each resource. @param maxNamed differences of each resource that were printed before. */
export function formatStored(found: ReadonlyMap<string, StoredCounts>, maxNamed: number): string {
  const head = ['resource', 'rows', 'different', 'rewritten', 'unreadable payload', 'no payload'];
  const rows = [...found].map(([name, counts]) => [
    name,
    ...[counts.rows, counts.different, counts.repaired, counts.unreadable, counts.withoutPayload].map(
      (count) => count.toLocaleString('en'),
    ),
  ]);
  return [
    ...formatTable([head, ...rows], new Set([1, 2, 3, 4, 5])),
    `up to ${maxNamed} differences of each resource are printed; --json prints all`,
    '0 calls',
  ].join('\n');
}
