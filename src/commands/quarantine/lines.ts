import { UsageError } from '../../errors.ts';
import type { Session } from '../../db/pool.ts';
import { readOpenRejects, type RejectSelection, type StoredReject } from '../../record/import-reject.ts';
import { readSettledImports } from '../../run/release/imports.ts';

/** Reads rejected lines of a source's published release; none if there is no release. */
export async function readLines(
  session: Session,
  source: string,
  selection: RejectSelection,
): Promise<StoredReject[]> {
  const { published } = await readSettledImports(session, source);
  return published === undefined ? [] : readOpenRejects(session, published.tables, selection);
}

/** Parses the numbers of lines. @returns undefined for none: all of them. @throws UsageError */
export function parseNumbers(source: string, keys: readonly string[]): readonly number[] | undefined {
  const wrong = keys.find((key) => !/^[1-9]\d{0,14}$/.test(key));
  if (wrong !== undefined) throw unknownLineError(source, wrong);
  return keys.length === 0 ? undefined : keys.map(Number);
}

export function unknownLineError(source: string, key: string): UsageError {
  return new UsageError(`${source} has no rejected line ${key}`, {
    op: 'read quarantine',
    hint: `trestle-etl quarantine list --source ${source} shows their numbers`,
  });
}
