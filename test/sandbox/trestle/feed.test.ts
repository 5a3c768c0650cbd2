import { describe, expect, test } from 'vitest';
import type { FieldType } from '../../../src/dataset/dataset.ts';
import { resources } from '../../../src/sources/trestle/datasets/index.ts';
import { type SandboxFeed, createFeed } from '../../../src/sandbox/trestle/feed.ts';
import { RawNumber, type SandboxRecord, type FieldValue } from '../../../src/sandbox/trestle/record.ts';
import { text } from './client.ts';
import { hasParentVersion } from '../../../src/dataset/reading.ts';

const AT = Date.UTC(2026, 5, 1);

function feedOf(listings: number, seed = 1, oddValues = true): SandboxFeed {
  return createFeed({ seed, listings, mediaPerListing: 3, oddValues }, () => AT).feed;
}

function dump(feed: SandboxFeed): string {
  return ['Property', 'Media']
    .flatMap((name) => [...feed.records(name)].map((record) => feed.serveText(name, record)))
    .join('\n')
    .replaceAll(/("MediaURL":"[^"?]*)[^"]*"/g, '$1"');
}

const times = (feed: SandboxFeed, name = 'Property'): number[] =>
  [...feed.records(name)].map((record) => Date.parse(text(record['ModificationTimestamp'])));

const sizes = (listings: number): number[] => {
  const groups = new Map<number, number>();
  for (const at of times(feedOf(listings))) groups.set(at, (groups.get(at) ?? 0) + 1);
  return [...groups.values()].filter((size) => size > 1).sort((a, b) => b - a);
};

const longest = (feed: SandboxFeed): number =>
  Math.max(...[...feed.records('Property')].map((record) => text(record['PublicRemarks']).length));

const story = (): string => {
  const feed = feedOf(60);
  feed.changeListings(5);
  feed.addListings(3);
  feed.changePhotos(6);
  feed.removeListings(4);
  feed.corrupt(3);
  feed.addConversionFailures(3);
  feed.tie(5);
  return dump(feed);
};

describe('the base data', () => {
  test('is the same for the same seed, and differs for another', () => {
    expect(dump(feedOf(60))).toBe(dump(feedOf(60)));
    expect(dump(feedOf(60))).not.toBe(dump(feedOf(60, 2)));
  });

  test('has the average number of media, between none and twice as many per listing', () => {
    for (const listings of [0, 1, 7, 500]) expect(feedOf(listings).size('Media')).toBe(listings * 3);
    const counts = new Set([...feedOf(500).records('Property')].map((record) => record['PhotosCount']));
    expect([...counts].map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('counts each listing’s photos correctly', () => {
    const feed = feedOf(100);
    const counts = new Map<FieldValue | undefined, number>();
    for (const { ResourceRecordKey: key } of feed.records('Media'))
      counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const record of feed.records('Property'))
      expect(record['PhotosCount']).toBe(counts.get(record['ListingKey']) ?? 0);
  });

  test('changed over two years before 2026-03-20, with few rows in the last minutes', () => {
    for (const listings of [10, 1000, 6000]) {
      const all = times(feedOf(listings));
      const end = Date.UTC(2026, 2, 20);
      expect(all.filter((at) => at >= end)).toEqual([]);
      expect(Math.min(...all)).toBeGreaterThan(end - 731 * 86_400_000);
      expect(all.filter((at) => at > end - 600_000).length).toBeLessThan(50);
      expect(all).toEqual([...all].sort((a, b) => a - b));
    }
  });

  test('has ties: small ones, and one of 1,203 rows in a large feed', () => {
    expect(sizes(100)).toEqual(Array(10).fill(3));
    expect(sizes(5000)[0]).toBe(1203);
  });

  test('fits the tables, odd values included', () => {
    const feed = feedOf(1200);
    for (const resource of resources)
      for (const record of feed.records(resource.name))
        for (const field of resource.fields) {
          const { name } = resource;
          // The tool's own.
          if (hasParentVersion(resource) && field.name === resource.version) continue;
          expect(record, field.name).toHaveProperty(field.name);
          if (!fits(field.type, record[field.name]!))
            expect.unreachable(`${name}.${field.name}: ${JSON.stringify(record[field.name])}`);
        }
  });

  test('has the odd values of live feeds, unless oddValues is off', () => {
    const odd = dump(feedOf(400));
    const plain = dump(feedOf(400, 1, false));
    for (const sign of [
      '"0.000000x0.000000"',
      '"PetsComments":","',
      '"UnitNumber":"None"',
      '&#39;Alene',
      '":-1.0,',
    ]) {
      expect(odd).toContain(sign);
      expect(plain).not.toContain(sign);
    }
    expect(longest(feedOf(400))).toBe(12_000);
    expect(plain).toContain('🏡');
    expect(plain).toMatch(/"ListPrice":\d+\.0,/);
  });
});

describe('a change', () => {
  test('moves ModificationTimestamp past everything before it, strictly', () => {
    const feed = feedOf(100);
    const seen: number[] = [];
    for (let round = 0; round < 5; round++) {
      const keys = feed.changeListings(20);
      expect(new Set(keys).size).toBe(20);
      const moved = keys.map((key) => Date.parse(text(feed.get('Property', key)?.['ModificationTimestamp'])));
      expect(Math.min(...moved)).toBeGreaterThan(Math.max(0, ...seen));
      seen.push(...moved);
    }
    expect(new Set(seen).size).toBe(100);
    expect(seen[19]).toBe(AT);
  });

  test('of a listing changes its fields', () => {
    const feed = feedOf(100);
    const before = new Map([...feed.records('Property')].map((record) => [record['ListingKey'], record]));
    for (const key of feed.changeListings(30)) {
      const [was, is] = [before.get(key)!, feed.get('Property', key)!];
      const price = JSON.stringify(is['ListPrice']) !== JSON.stringify(was['ListPrice']);
      expect(price || is['StandardStatus'] !== was['StandardStatus']).toBe(true);
    }
  });

  test('adds listings with media, and removes them with theirs', () => {
    const feed = feedOf(50);
    const added = feed.addListings(10);
    expect(feed.size('Property')).toBe(60);
    expect(feed.size('Media')).toBe(180);
    for (const key of added) expect(feed.get('Property', key)?.['ListingKey']).toBe(key);
    const removed = feed.removeListings(25);
    expect(feed.size('Property')).toBe(35);
    const left = [...feed.records('Media')].map((record) => text(record['ResourceRecordKey']));
    expect(left.some((key) => removed.includes(key))).toBe(false);
    expect(feed.removeListings(100)).toHaveLength(35);
    expect([feed.size('Property'), feed.size('Media')]).toEqual([0, 0]);
  });

  test('of photos changes the photo fields, and the listing’s timestamp only if requested', () => {
    for (const touchListing of [true, false]) {
      const feed = feedOf(60);
      const before = new Map([...feed.records('Property')].map((record) => [record['ListingKey'], record]));
      const media = dump(feed);
      const keys = feed.changePhotos(12, { touchListing });
      for (const key of keys) {
        const [was, is] = [before.get(key)!, feed.get('Property', key)!];
        expect(is['PhotosChangeTimestamp']).not.toBe(was['PhotosChangeTimestamp']);
        expect(is['ModificationTimestamp'] !== was['ModificationTimestamp']).toBe(touchListing);
        const owned = [...feed.records('Media')].filter((record) => record['ResourceRecordKey'] === key);
        expect(is['PhotosCount']).toBe(owned.length);
      }
      expect(dump(feed)).not.toBe(media);
    }
  });

  test('of photos never uses an instant twice', () => {
    const feed = feedOf(60);
    const moments = [1, 2, 3].flatMap(() =>
      feed
        .changePhotos(10, { touchListing: false })
        .map((key) => feed.get('Property', key)?.['PhotosChangeTimestamp']),
    );
    const [key] = feed.changeListings(1);
    const all = [...moments, feed.get('Property', key!)?.['ModificationTimestamp']];
    expect(new Set(all).size).toBe(31);
  });

  test.each(['corrupt', 'addConversionFailures'] as const)(
    '%s: gives listings values that no column holds, and keeps key and timestamp valid',
    (way) => {
      const feed = feedOf(60);
      const { fields } = resources.find(({ name }) => name === 'Property')!;
      for (const key of feed[way](20)) {
        const record = feed.get('Property', key)!;
        expect(fields.filter((field) => !fits(field.type, record[field.name]!))).not.toEqual([]);
        expect(Date.parse(text(record['ModificationTimestamp']))).toBeLessThanOrEqual(AT);
      }
    },
  );

  test('is the same after the same changes before it', () => {
    expect(story()).toBe(story());
  });

  test('ties listings, and touches one', () => {
    const feed = feedOf(30);
    const at = '2025-05-05T05:05:05.555-00:00';
    for (const key of feed.tie(7, at)) expect(feed.get('Property', key)?.['ModificationTimestamp']).toBe(at);
    const [key] = feed.tie(1);
    const was = text(feed.get('Property', key!)?.['ModificationTimestamp']);
    expect(feed.touch('Property', key!)).toEqual([key]);
    expect(text(feed.get('Property', key!)?.['ModificationTimestamp']) > was).toBe(true);
    expect(feed.touch('Property', 'nobody')).toEqual([]);
  });
});

/** Whether a column of this type can hold the value: written from the types' definitions, not from the tool's code. */
function fits(type: FieldType, value: SandboxRecord[string]): boolean {
  if (value === null) return type.kind !== 'key';
  if (type.kind === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  if (type.kind === 'boolean') return typeof value === 'boolean';
  if (type.kind === 'decimal') {
    const match = value instanceof RawNumber ? /^-?(\d+)(?:\.(\d+))?$/.exec(value.text) : null;
    const [, whole = '', fraction = ''] = match ?? [];
    const small = whole.length <= type.precision - type.scale && fraction.length <= type.scale;
    return match !== null && small;
  }
  if (typeof value !== 'string') return false;
  if (type.kind === 'key') return value.length > 0 && value.length <= 255;
  if (type.kind === 'string') return value.length <= type.length;
  if (type.kind === 'text') return Buffer.byteLength(value) < 65_536;
  if (type.kind === 'longtext') return true;
  const form =
    type.kind === 'date' ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/;
  if (!form.test(value)) return false;
  const midnight = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(Date.parse(value)) && midnight.toISOString().startsWith(value.slice(0, 10));
}
