import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CensusPage } from '../../../../src/sources/source.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import { pipeline } from '../../../helpers/pipeline.ts';
import { scriptedServer, type ScriptedServer } from '../../../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;

let folder: string;
let server: ScriptedServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-census-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
  server = undefined;
});

const keyOf = (n: number): string => String(1_000_000 + n);

/** Returns the census of a feed with this many keys, on one page. */
async function censusOf(keys: number): Promise<CensusPage[]> {
  const value = Array.from({ length: keys }, (_, n) => ({
    ListingKey: keyOf(n),
    ModificationTimestamp: '2026-03-19T12:00:00.000Z',
  }));
  server = await scriptedServer({ data: { body: { '@odata.count': keys, value } } });
  const { tools } = await pipeline({ listings: 1 });
  const odata = { base: server.base, tokenUrl: server.tokenUrl, tokenFile: join(folder, 'token.json') };
  const pages: CensusPage[] = [];
  for await (const page of tools({ odata }).source.keys!.census(property, undefined, NEVER)) pages.push(page);
  return pages;
}

describe('a census', () => {
  test('promise 22: splits a large page: every key once, in order, the count with the first part', async () => {
    const pages = await censusOf(25_001);
    expect(pages.map(({ entries, count }) => [entries.length, count])).toEqual([
      [10_000, 25_001],
      [10_000, undefined],
      [5001, undefined],
    ]);
    const keys = pages.flatMap(({ entries }) => entries.map(({ key }) => key));
    expect(keys).toEqual(Array.from({ length: 25_001 }, (_, n) => keyOf(n)));
    expect(server?.asked).toHaveLength(1);
  });

  test('promise 8: a feed without keys still reports its count', async () => {
    expect(await censusOf(0)).toEqual([{ entries: [], withoutKey: 0, count: 0 }]);
  });
});
