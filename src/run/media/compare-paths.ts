import { ownerOf, parseVersion } from './store-path.ts';
import type { StoredFile } from '../../media/store.ts';
import type { NamedFile } from '../../record/media-check.ts';
import { parseSizes } from '../../record/media-sizes.ts';

/** A file and what names it, or a row and whether its files exist. */
export type PathFinding =
  | {
      readonly kind: 'file';
      readonly file: StoredFile;
      /** `surplus`: a smaller version whose row names the photo, but not this width. */
      readonly status: 'named' | 'surplus' | 'orphan';
    }
  | {
      readonly kind: 'row';
      readonly row: NamedFile;
      readonly hasFile: boolean;
      /** Whether each smaller version that it names exists. */
      readonly hasVersions: boolean;
    };

/**
 * Compares the files of a store with the rows that name them. Both come in the order of paths, and neither is kept in memory.
 * A smaller version of a photo belongs to the row that names the photo.
 */
export async function* comparePaths(
  files: AsyncIterable<StoredFile>,
  rows: AsyncIterator<NamedFile, undefined>,
): AsyncGenerator<PathFinding, void, undefined> {
  let row = (await rows.next()).value;
  let passed: NamedFile | undefined;
  let found: string | undefined;
  let widths = new Set<number>();
  for await (const file of files) {
    const owner = ownerOf(file.path);
    while (row !== undefined && row.store_path < owner) {
      yield judgeRow(row, found, widths);
      passed = row;
      row = (await rows.next()).value;
    }
    const namer = [row, passed].find((each) => each?.store_path === owner);
    const width = parseVersion(file.path)?.width;
    if (width === undefined && namer !== undefined) [found, widths] = [file.path, new Set()];
    if (width !== undefined && namer !== undefined) widths.add(width);
    yield { kind: 'file', file, status: judgeFile(namer, width) };
  }
  while (row !== undefined) {
    yield judgeRow(row, found, widths);
    row = (await rows.next()).value;
  }
}

function judgeFile(
  namer: NamedFile | undefined,
  width: number | undefined,
): Extract<PathFinding, { kind: 'file' }>['status'] {
  if (namer === undefined) return 'orphan';
  return width === undefined || parseSizes(namer.sizes).includes(width) ? 'named' : 'surplus';
}

function judgeRow(row: NamedFile, found: string | undefined, widths: ReadonlySet<number>): PathFinding {
  const hasFile = row.store_path === found;
  return {
    kind: 'row',
    row,
    hasFile,
    hasVersions: hasFile && parseSizes(row.sizes).every((width) => widths.has(width)),
  };
}
