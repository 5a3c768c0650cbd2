import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection } from '../data/collection.ts';
import { ROSTER_COLUMNS, rosterRow } from '../data/roster.ts';
import { DIALECTS } from './dialects.ts';
import { pack, type Packing } from './pack.ts';
import { writeCsv } from './write.ts';

const PACKINGS: Readonly<Record<string, Packing>> = { '': 'none', '.gz': 'gzip', '.zip': 'zip' };

/** The roster in a dialect. Undefined: there is no such dialect. */
export function writeRoster(roster: Collection, dialectName: string): Buffer | undefined {
  const dialect = Object.hasOwn(DIALECTS, dialectName) ? DIALECTS[dialectName] : undefined;
  if (dialect === undefined) return undefined;
  const rows = roster.list().map(({ record }) => rosterRow(record));
  return writeCsv(ROSTER_COLUMNS, rows, dialect);
}

/**
 * The file at `/csv/DIALECT/roster.csv`, `.csv.gz` or `.csv.zip`. With `packed=gzip` or `zip` in the query it is packed although
 * its name ends in .csv.
 */
export async function readCsvFile(
  roster: Collection,
  path: string,
  query: URLSearchParams,
): Promise<Buffer | undefined> {
  const [, dialect = '', extension = ''] = /^\/csv\/([^/]+)\/roster\.csv(\.gz|\.zip)?$/.exec(path) ?? [];
  const content = writeRoster(roster, dialect);
  if (content === undefined) return undefined;
  const asked = query.get('packed');
  const packing = asked === 'gzip' || asked === 'zip' ? asked : PACKINGS[extension]!;
  return await pack('roster.csv', content, packing);
}

/** Writes the roster in every dialect, and packed, to a folder: each file appears at once under its name. */
export async function writeCsvFolder(folder: string, roster: Collection): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const dialect of Object.keys(DIALECTS))
    await writeAtOnce(join(folder, `roster-${dialect}.csv`), writeRoster(roster, dialect)!);
  const plain = writeRoster(roster, 'plain')!;
  for (const extension of ['.gz', '.zip'])
    await writeAtOnce(
      join(folder, `roster-packed.csv${extension}`),
      await pack('roster.csv', plain, PACKINGS[extension]!),
    );
}

async function writeAtOnce(file: string, content: Buffer): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}
