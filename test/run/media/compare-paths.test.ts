import { expect, test } from 'vitest';
import { comparePaths, type PathFinding } from '../../../src/run/media/compare-paths.ts';
import type { NamedFile } from '../../../src/record/media-check.ts';
import { ownerOf } from '../../../src/run/media/store-path.ts';

async function compared(
  files: readonly string[],
  rows: readonly string[],
  sizes: string | null = '320,1280',
  isStrict = false,
): Promise<string[]> {
  const found: string[] = [];
  const all = comparePaths(
    // oxlint-disable-next-line require-await -- a list as a stream
    (async function* () {
      yield* files.map((path) => ({ path, size: 1, modifiedAt: 0 }));
    })(),
    // oxlint-disable-next-line require-await
    (async function* (): AsyncGenerator<NamedFile, undefined> {
      yield* rows.map((path) => ({ media_key: path, store_path: path, state: 'stored', sizes }));
      return undefined;
    })(),
  );
  for await (const each of all) found.push(...wrong(each, isStrict));
  return found;
}

/** Compares these files with a row for each photo, with these sizes; also reports photos that lack a smaller version. */
function comparedWith(files: readonly string[]): (sizes: string | null) => Promise<string[]> {
  return (sizes) => compared(files, ['a.jpg', 'b.jpg', 'c.jpg'], sizes, true);
}

function wrong(each: PathFinding, isStrict: boolean): string[] {
  if (each.kind === 'file') {
    if (each.status === 'named') return [];
    return [`${each.status === 'orphan' ? 'no row' : 'surplus'}: ${each.file.path}`];
  }
  if (!each.hasFile) return [`no file: ${each.row.store_path}`];
  return isStrict && !each.hasVersions ? [`incomplete: ${each.row.store_path}`] : [];
}

test.each([
  ['both empty', [], [], []],
  ['the same', ['a.jpg', 'b.jpg'], ['a.jpg', 'b.jpg'], []],
  ['no rows', ['a.jpg'], [], ['no row: a.jpg']],
  ['no files', [], ['a.jpg', 'b.jpg'], ['no file: a.jpg', 'no file: b.jpg']],
  [
    'a file before, between and behind',
    ['a', 'b', 'c', 'd', 'e'],
    ['b', 'd'],
    ['no row: a', 'no row: c', 'no row: e'],
  ],
  [
    'a row before, between and behind',
    ['b', 'd'],
    ['a', 'b', 'c', 'd', 'e'],
    ['no file: a', 'no file: c', 'no file: e'],
  ],
  ['two rows of one file', ['a.jpg'], ['a.jpg', 'a.jpg'], []],
  ['two rows without a file', ['b.jpg'], ['a.jpg', 'a.jpg', 'b.jpg'], ['no file: a.jpg', 'no file: a.jpg']],
  ['smaller versions', ['a.jpg', 'a.jpg.w1280.jpg', 'a.jpg.w320.jpg', 'b.jpg'], ['a.jpg', 'b.jpg'], []],
  [
    'smaller versions without a row',
    ['a.jpg', 'a.jpg.w320.jpg'],
    [],
    ['no row: a.jpg', 'no row: a.jpg.w320.jpg'],
  ],
  ['a smaller version without its photo', ['a.jpg.w320.jpg'], ['a.jpg'], ['no file: a.jpg']],
  [
    'a name between a photo and its version',
    ['a.jpg', 'a.jpg-x', 'a.jpg.w320.jpg'],
    ['a.jpg', 'z'],
    ['no row: a.jpg-x', 'no file: z'],
  ],
])('compares %s', async (_, files, rows, expected) => {
  expect(await compared(files, rows)).toEqual(expected);
});

test('a smaller version that its row does not name, and one that is missing', async () => {
  const all = comparedWith([
    'a.jpg',
    'a.jpg.w1280.jpg',
    'a.jpg.w320.jpg',
    'b.jpg',
    'b.jpg.w320.jpg',
    'c.jpg',
  ]);
  expect(await all('320')).toEqual(['surplus: a.jpg.w1280.jpg', 'incomplete: c.jpg']);
  expect(await all('320,1280')).toEqual(['incomplete: b.jpg', 'incomplete: c.jpg']);
  expect(await all(null)).toHaveLength(3);
});

test('the owner of a smaller version is the photo', () => {
  expect(ownerOf('ab/cd/k-1.jpg.w320.webp')).toBe('ab/cd/k-1.jpg');
  expect(ownerOf('ab/cd/k-1.jpg')).toBe('ab/cd/k-1.jpg');
});
