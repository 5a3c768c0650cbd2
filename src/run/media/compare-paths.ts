import { ownerOf } from './store-path.ts';
import type { StoredFile } from '../../media/store.ts';
import type { NamedFile } from '../../record/media-check.ts';

/** A file and whether a row names it, or a row and whether its file exists. */
export type PathFinding =
  | { readonly kind: 'file'; readonly file: StoredFile; readonly isNamed: boolean }
  | { readonly kind: 'row'; readonly row: NamedFile; readonly hasFile: boolean };

/**
 * Compares the files of a store with the rows that name them. Both come in the order of paths, and neither is kept in memory.
 * A smaller version of a photo belongs to the row that names the photo.
 */
export async function* comparePaths(
  files: AsyncIterable<StoredFile>,
  rows: AsyncIterator<NamedFile, undefined>,
): AsyncGenerator<PathFinding, void, undefined> {
  let row = (await rows.next()).value;
  let passed: string | undefined;
  let found: string | undefined;
  for await (const file of files) {
    const owner = ownerOf(file.path);
    while (row !== undefined && row.store_path < owner) {
      yield { kind: 'row', row, hasFile: row.store_path === found };
      passed = row.store_path;
      row = (await rows.next()).value;
    }
    if (file.path === row?.store_path) found = file.path;
    yield { kind: 'file', file, isNamed: owner === row?.store_path || owner === passed };
  }
  while (row !== undefined) {
    yield { kind: 'row', row, hasFile: row.store_path === found };
    row = (await rows.next()).value;
  }
}
