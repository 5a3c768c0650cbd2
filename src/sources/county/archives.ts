import type { Archive } from '../../model/archive.ts';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConfigError } from '../../errors.ts';
import type { Downloader, Validators } from '../../http/download/index.ts';
import type { FetchOptions, Publication } from '../release.ts';
import { refuseDamaged } from './damaged.ts';
import type { Found, Wanted } from './local-archive.ts';
import type { CountyEntry } from './settings.ts';

type Present = Extract<Publication, { kind: 'present' }>;

export type ArchiveTools = {
  readonly downloader: Downloader;
  readonly sha256: CountyEntry['sha256'];
};

/** Fetches the archives of a year that changed. @returns undefined if one of them is not published. @throws DamagedFileError. */
export async function fetchYear(
  { downloader, sha256 }: ArchiveTools,
  wanted: readonly Wanted[],
  { known, always, looksOnly }: FetchOptions,
  signal: AbortSignal,
): Promise<readonly Found[] | undefined> {
  const results = await Promise.all(
    wanted.map(async (each): Promise<Found | undefined> => {
      const { name, year, url, file } = each;
      if (!always && looksOnly !== true) await refuseDamaged(downloader, each, signal);
      const before = always ? undefined : known.find((one) => one.name === name && one.year === year);
      const request = {
        url,
        file,
        label: `${year}/${name}`,
        sha256: sha256?.[`${year}/${name}`]?.toLowerCase(),
        known: before === undefined ? undefined : validatorsOf(before),
      };
      const result =
        looksOnly === true
          ? await downloader.look(request, signal)
          : await downloader.download(request, signal);
      if (result.kind === 'absent') return undefined;
      if (result.kind === 'unchanged') return { ...before!, file, isChanged: false };
      const digest = result.kind === 'fetched' ? result.sha256 : undefined;
      const archive = { name, year, url, ...result.validators, sha256: digest };
      // The publisher gave the same bytes a new tag.
      return { ...archive, file, isChanged: digest === undefined || digest !== before?.sha256 };
    }),
  );
  return results.every((each) => each !== undefined) ? results : undefined;
}

function validatorsOf({ etag, lastModified, bytes }: Archive): Validators {
  return { etag, lastModified, bytes };
}

/**
 * Finds archives in a folder or file of the user. A folder has the archives, or folders of years with them, or their files.
 * @throws ConfigError if an archive is missing.
 */
export async function findLocal(
  from: string,
  wanted: readonly Wanted[],
  known: readonly Archive[],
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { name, year, url } of wanted) {
    const file = locate(from, { name, year, url });
    const sha256 = await identify(file, signal);
    const isChanged = known.find((each) => each.name === name && each.year === year)?.sha256 !== sha256;
    const { size } = statSync(file);
    found.push({
      name,
      year,
      url: file,
      etag: undefined,
      lastModified: undefined,
      bytes: size,
      sha256,
      file,
      isChanged,
    });
  }
  return found;
}

function locate(from: string, { name, year, url }: Pick<Wanted, 'name' | 'year' | 'url'>): string {
  if (!existsSync(from)) {
    throw new ConfigError(`${from} does not exist`, { op: 'read files', hint: 'check --from' });
  }
  if (statSync(from).isFile()) return from;
  const file = basename(new URL(url).pathname);
  const places = [join(from, String(year), file), join(from, file), join(from, String(year)), from];
  const place = places.find((each) => existsSync(each));
  if (place !== undefined) return place;
  throw new ConfigError(`${from} has no ${file} for ${name}`, { op: 'read files', hint: 'check --from' });
}

/** Hashes a file; of a folder the names, sizes and times of its files. */
async function identify(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  if (statSync(path).isFile()) {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
    return hash.digest('hex');
  }
  for (const name of readdirSync(path).toSorted(compareTexts)) {
    const { size, mtimeMs } = statSync(join(path, name));
    hash.update(`${name}\t${size}\t${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function compareYears(one: number, other: number): number {
  return one - other;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function toArchive({
  name,
  year,
  url,
  etag,
  lastModified,
  bytes,
  sha256,
  isChanged,
}: Found): Present['archives'][number] {
  return { name, year, url, etag, lastModified, bytes, sha256, isChanged };
}

/** Tries the years, newest first, until one is published. */
export function yearsOf(
  entry: CountyEntry,
  now: number,
): { readonly years: readonly number[]; readonly isLatest: boolean } {
  if (entry.year !== 'latest') return { years: [entry.year].flat().toSorted(compareYears), isLatest: false };
  const year = new Date(now).getUTCFullYear();
  return { years: [year, year - 1], isLatest: true };
}

/** Removes the copies of archives. */
export function removeCopies(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function toPublication(found: readonly Found[], absentYears: readonly number[]): Present {
  const years = [...new Set(found.map(({ year }) => year))].toSorted(compareYears);
  return {
    kind: 'present',
    archives: found.map(toArchive),
    years,
    absentYears,
  };
}
