import fc from 'fast-check';
import { expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/trestle/index.ts';
import { type SandboxRecord, readText } from '../../src/sandbox/trestle/record.ts';
import { sourceOf } from '../helpers/source.ts';
import { CASES, keys, listingAt, PATIENCE } from './arbitraries.ts';
import { recordText } from '../../src/transform/scan-record.ts';

const START = Date.UTC(2025, 0);
const NEVER = new AbortController().signal;

/** Each way to write the same instant. */
const forms: readonly ((at: number) => string)[] = [
  (at) => new Date(at).toISOString(),
  (at) => new Date(at).toISOString().replace('Z', '-00:00'),
  (at) => new Date(at).toISOString().replace('Z', '000Z'),
  (at) => new Date(at - 5 * 3_600_000).toISOString().replace('Z', '-05:00'),
];

/** Ties of any size: so many records have one timestamp, the next ones a later one. */
const anyFeed: fc.Arbitrary<SandboxRecord[]> = fc
  .tuple(
    keys({ minLength: 0, maxLength: 40 }),
    fc.infiniteStream(
      fc.record({ gap: fc.integer({ min: 1, max: 5000 }), ties: fc.integer({ min: 1, max: 15 }) }),
    ),
    fc.infiniteStream(fc.constantFrom(...forms)),
  )
  .map(([all, steps, write]) => {
    const records: SandboxRecord[] = [];
    for (let at = START; records.length < all.length;) {
      const { gap, ties } = steps.next().value;
      at += gap;
      for (const key of all.slice(records.length, records.length + ties)) {
        records.push(listingAt(key, at, { ModificationTimestamp: write.next().value(at) }));
      }
    }
    return records;
  });

/** Just before the server answers its so manieth request, a record changes, vanishes or is new. */
type Move = { readonly before: number; readonly what: 'change' | 'remove' | 'add'; readonly which: number };

const anyMove: fc.Arbitrary<Move> = fc.record({
  before: fc.integer({ min: 1, max: 12 }),
  what: fc.constantFrom('change', 'remove', 'add'),
  which: fc.nat(39),
});

/** Lost and broken answers, which are asked for again. */
const anyFault: fc.Arbitrary<Fault> = fc
  .tuple(
    fc.nat(6),
    fc.constantFrom<Fault>(
      { kind: 'reset' },
      { kind: 'truncate' },
      { kind: 'truncate-json' },
      { kind: 'html' },
      { kind: 'empty' },
      { kind: 'status', status: 503 },
    ),
  )
  .map(([skip, fault]) => ({ ...fault, skip }));

const anyCase = fc.record({
  feed: anyFeed,
  pageSize: fc.integer({ min: 1, max: 12 }),
  /** The server may page smaller than asked. */
  pageCap: fc.option(fc.integer({ min: 1, max: 12 }), { nil: Infinity }),
  moves: fc.array(anyMove, { maxLength: 6 }),
  faults: fc.array(anyFault, { maxLength: 3 }),
  order: fc.constantFrom<'time' | 'key'>('time', 'key'),
});

/**
 * Makes the moves when their turn comes; each gives its record a timestamp after all others.
 * @returns every version that there was so far, as `named` tells it.
 */
function moving(sandbox: Sandbox, feed: readonly SandboxRecord[], moves: readonly Move[]): Set<string> {
  const versions = new Set(feed.map(named));
  const put = (key: string, at: number): void => {
    versions.add(named(listingAt(key, at)));
    sandbox.feed.put('Property', listingAt(key, at));
  };
  let asked = 0;
  let later = START + 90 * 86_400_000;
  sandbox.onRequest = () => {
    asked += 1;
    for (const { what, which } of moves.filter(({ before }) => before === asked)) {
      const key = readText(feed[which % Math.max(1, feed.length)] ?? {}, 'ListingKey');
      later += 1000;
      if (what === 'add') put(`new ${later}`, later);
      else if (sandbox.feed.get('Property', key) === undefined) continue;
      else if (what === 'change') put(key, later);
      else sandbox.feed.remove('Property', key);
    }
  };
  return versions;
}

/** `key @ version` of every record that came, in the order of their coming. */
async function readAll(sandbox: Sandbox, pageSize: number, order: 'time' | 'key'): Promise<string[]> {
  const { source } = sourceOf({ ...sandbox, base: sandbox.url }, { pageSize });
  const seen: string[] = [];
  if (order === 'key') {
    for await (const { entries } of source.keys.census(property, undefined, NEVER)) {
      for (const { key, version } of entries) seen.push(`${key} @ ${version}`);
    }
    return seen;
  }
  for await (const { records } of source.read(property, { cursor: undefined }, NEVER)) {
    for (const raw of records) seen.push(named(JSON.parse(recordText(raw)) as SandboxRecord));
  }
  return seen;
}

function named(record: SandboxRecord): string {
  const version = new Date(readText(record, 'ModificationTimestamp')).toISOString();
  return `${readText(record, 'ListingKey')} @ ${version.replace('T', ' ').replace('Z', '')}`;
}

const keyOf = (name: string): string => name.slice(0, name.lastIndexOf(' @ '));

// Validates: Requirements 1.5
test(
  'Feature: trestle-etl-pipeline, Property 5: Pagination Completeness: For any paginated API response set, all pages should be processed and no records should be skipped or duplicated during pagination.',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ feed, pageSize, pageCap, moves, faults, order }) => {
        const sandbox = await startSandbox({ listings: 0, pageCap });
        try {
          for (const record of feed) sandbox.feed.put('Property', record);
          const before = feed.map(named);
          const versions = moving(sandbox, feed, moves);
          for (const fault of faults) sandbox.faults.add(fault);
          const seen = await readAll(sandbox, pageSize, order);

          // Nothing twice: a record comes again only where it has changed meanwhile, and by key not even then.
          expect(seen.filter((name, index) => seen.indexOf(name) !== index)).toEqual([]);
          if (order === 'key') expect(new Set(seen.map(keyOf)).size).toBe(seen.length);

          // Nothing skipped, and nothing made up: what stood still came, and what moved came as it once was.
          const after = [...sandbox.feed.records('Property')].map(named);
          const stood = before.filter((name) => after.includes(name));
          expect(seen).toEqual(expect.arrayContaining(stood));
          const changed = after.filter((name) => !before.includes(name));
          expect(seen.filter((name) => !versions.has(name))).toEqual([]);
          if (order === 'time') {
            // The end is open: what changed before the last page was asked for is there as it is now.
            expect(seen).toEqual(expect.arrayContaining(changed));
            if (moves.length === 0) expect(seen.length).toBe(feed.length);
          } else {
            const kept = changed.map(keyOf).filter((key) => before.map(keyOf).includes(key));
            expect(seen.map(keyOf)).toEqual(expect.arrayContaining(kept));
          }
        } finally {
          await sandbox.close();
        }
      }),
      CASES,
    );
  },
  PATIENCE,
);
