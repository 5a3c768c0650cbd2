import { beforeAll, describe, expect, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import type { Clock } from '../../src/model/clock.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestleProcess } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline, sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const DAY = 86_400_000;

/**
 * As sent, and as stored. New York has no 02:00–03:00 on 9 March 2025 and two 01:00–02:00 on 2 November (IANA tz), so that
 * a clock face of its own can't tell these apart.
 */
const STAMPS: readonly [sent: string, stored: string][] = [
  ['2025-03-09T06:30:00.001Z', '2025-03-09 06:30:00.001'],
  ['2025-03-09T06:59:59.999-00:00', '2025-03-09 06:59:59.999'],
  ['2025-03-09T07:00:00.000Z', '2025-03-09 07:00:00.000'],
  ['2025-03-09T03:15:00.250-04:00', '2025-03-09 07:15:00.250'],
  ['2025-03-09T07:30:00.000Z', '2025-03-09 07:30:00.000'],
  // Local clock faces that do not exist in New York.
  ['2025-03-09T02:10:00.000Z', '2025-03-09 02:10:00.000'],
  ['2025-03-09T02:50:00.000Z', '2025-03-09 02:50:00.000'],
  ['2025-11-02T05:30:00.000Z', '2025-11-02 05:30:00.000'],
  ['2025-11-02T01:30:00.500-04:00', '2025-11-02 05:30:00.500'],
  ['2025-11-02T06:30:00.000Z', '2025-11-02 06:30:00.000'],
  ['2025-11-02T01:30:00.500-05:00', '2025-11-02 06:30:00.500'],
  // One clock face, an hour apart.
  ['2025-11-02T01:30:00.000Z', '2025-11-02 01:30:00.000'],
  // A day that Apia did not have.
  ['2011-12-30T12:00:00.000Z', '2011-12-30 12:00:00.000'],
];
const DAYS = ['2025-03-09', '2025-11-02', '2011-12-30'];
const ZONES = ['America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'] as const;

/** The tests' own server has +05:45 (scripts/lib/server.mjs), the tool's sessions UTC, who reads the database another one. */
const READER = "SET SESSION time_zone = '-03:30'";

describe('promise 7: server, session and host in zones of their own, across summer time', () => {
  let sandbox: Sandbox;
  let db: FreshDatabase;
  let folder: string;
  const started = Date.now();

  beforeAll(async () => {
    sandbox = await sandboxFor({ listings: STAMPS.length, mediaPerListing: 1 });
    db = await migratedDatabase();
    await db.query(READER);
    folder = configured(sandbox, db);
    for (const name of ['Property', 'Media']) {
      for (const [index, record] of [...sandbox.feed.records(name)].entries()) {
        const [sent] = STAMPS[index % STAMPS.length]!;
        const own = { ModificationTimestamp: sent, PhotosChangeTimestamp: sent, OnMarketTimestamp: sent };
        sandbox.feed.put(name, { ...record, ...own, CloseDate: DAYS[index % DAYS.length]! });
      }
    }
  });

  /** Runs the tool in a zone; it must have nothing to say. */
  async function inZone(zone: string, ...args: string[]): Promise<Record<string, string>> {
    expect(await trestleProcess(folder, args, { TZ: zone })).toMatchObject({ code: 0, stderr: '' });
    const [run] = await db.query<Record<string, string>>(
      'SELECT * FROM etl_sync_log ORDER BY id DESC LIMIT 1',
    );
    return run!;
  }

  test('the zones of this test do differ', async () => {
    const [zones] = await db.query<Record<string, string>>(
      'SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) AS reader, @@GLOBAL.time_zone AS server',
    );
    expect(zones).toMatchObject({ reader: '-210' });
    const faces = ZONES.map((zone) => new Date(0).toLocaleString('en', { timeZone: zone }));
    expect(new Set([...faces, new Date(0).toLocaleString('en', { timeZone: 'UTC' })]).size).toBe(4);
  });

  test('every time is stored as the UTC that was sent, and stays so for runs in other zones', async () => {
    const first = await inZone(ZONES[0], 'full-load');
    expect(Number(first['records_inserted'])).toBe(2 * STAMPS.length);
    for (const [zone, ...args] of [
      [ZONES[0], 'sync'],
      [ZONES[1], 'sync'],
      [ZONES[1], 'full-load'],
      [ZONES[2], 'full-load'],
      [ZONES[2], 'sync', '--since', '2011-01-01'],
    ] as const) {
      const run = await inZone(zone, ...args);
      expect({ zone, ...run }).toMatchObject({ zone, records_inserted: '0', records_updated: '0' });
      expect(await expectParity(sandbox, db, property)).toBe(STAMPS.length);
      expect(await expectParity(sandbox, db, media)).toBe(STAMPS.length);
    }
    const rows = await db.query<Record<string, string>>(
      'SELECT modification_timestamp AS m, photos_change_timestamp AS p, on_market_timestamp AS o FROM properties',
    );
    expect(rows.flatMap((row) => Object.values(row)).sort()).toEqual(
      STAMPS.flatMap(([, stored]) => [stored, stored, stored]).sort(),
    );
    expect(await db.query('SELECT DISTINCT close_date AS d FROM properties ORDER BY d DESC')).toEqual(
      DAYS.toSorted()
        .toReversed()
        .map((d) => ({ d })),
    );
  });

  test.each(ZONES)('the tool’s own times are UTC where the host is in %s', async (zone) => {
    sandbox.feed.changeListings(2);
    const before = Date.now();
    const run = await inZone(zone, 'sync');
    const after = Date.now();
    const [own] = await db.query<Record<string, string>>(
      'SELECT MAX(updated_at) AS written, (SELECT MAX(complete_at) FROM etl_watermark) AS complete, ' +
        '(SELECT MAX(media_fetched_at) FROM properties) AS fetched FROM properties',
    );
    for (const at of [run['sync_start'], run['sync_end'], own!['written'], own!['complete']]) {
      const ms = Date.parse(`${at!.replace(' ', 'T')}Z`);
      expect(ms).toBeGreaterThanOrEqual(before);
      expect(ms).toBeLessThanOrEqual(after);
    }
    expect(Date.parse(`${own!['fetched']!.replace(' ', 'T')}Z`)).toBeGreaterThanOrEqual(started);
    const status = JSON.parse((await trestleProcess(folder, ['status', '--json'], { TZ: zone })).stdout) as {
      resources: { ageSeconds: number }[];
    };
    expect(status.resources[0]!.ageSeconds).toBeLessThan(3600);
    expect(await trestleProcess(folder, ['verify'], { TZ: zone })).toMatchObject({ code: 0 });
  });

  const since: [since: string, utc: string][] = [
    ['2025-11-02T05:30:00Z', '2025-11-02 05:30:00.000'],
    ['2025-11-02T01:30:00-04:00', '2025-11-02 05:30:00.000'],
    ['2025-11-02T01:30:00-05:00', '2025-11-02 06:30:00.000'],
    ['2025-03-09', '2025-03-09 00:00:00.000'],
    ['2025-03-09T12:45:00+05:45', '2025-03-09 07:00:00.000'],
  ];
  test.each(since)('--since %s begins at that instant in every zone', async (text, utc) => {
    const wanted = await db.query('SELECT 1 FROM properties WHERE modification_timestamp >= ?', [utc]);
    for (const zone of ZONES) {
      const run = await inZone(zone, 'sync', '--resources', 'Property', '--since', text);
      expect({ zone, processed: run['records_processed'] }).toEqual({
        zone,
        processed: String(wanted.length),
      });
    }
  });
});

/** The real clock, wrong by as much as `off` says. */
function wrongClock(): Clock & { off: number } {
  const wrong = {
    off: 0,
    now: () => clock.now() + wrong.off,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
  return wrong;
}

async function watermarkOf({ db }: Pipeline): Promise<number> {
  const [row] = await db.query<{ at: string }>(
    "SELECT cursor_timestamp AS at FROM etl_watermark WHERE resource = 'Property'",
  );
  return Date.parse(row!.at);
}

/** The feed changes, a run follows with its clock off by so much; all of it must be here then, and the watermark with it. */
async function expectCurrent(
  all: Pipeline,
  wrong: ReturnType<typeof wrongClock>,
  off: number,
): Promise<void> {
  const { sandbox, db } = all;
  sandbox.feed.changeListings(40);
  sandbox.feed.addListings(5);
  sandbox.feed.changePhotos(10);
  const newest = Math.max(
    ...[...sandbox.feed.records('Property')].map((record) =>
      Date.parse(readText(record, 'ModificationTimestamp')),
    ),
  );
  wrong.off = off;
  const outcome = await all.run({}, { odata: { clock: wrong }, tools: { clock: wrong } });
  expect(outcome.status).toBe('success');
  expect(await expectParity(sandbox, db, property)).toBe(sandbox.feed.size('Property'));
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  expect(await watermarkOf(all)).toBe(newest);
}

describe('promise 1: a clock that is wrong', () => {
  test.each([
    ['is set back by three hours between runs', [0, -DAY / 8, 0]],
    ['is a day ahead for a run, and set right again', [0, DAY, 0, 0]],
    ['is a day ahead from the first run on', [DAY, 0, -DAY]],
  ])('that %s loses nothing, and the watermark follows the feed', async (_, offs) => {
    const all = await pipeline({ listings: 300 });
    const wrong = wrongClock();
    for (const off of offs) await expectCurrent(all, wrong, off);
  });

  test.each([-DAY / 8, DAY])('that jumps by %i ms in the middle of a load loses nothing', async (jump) => {
    for (const strategy of ['keyset', 'replication'] as const) {
      const all = await pipeline({ listings: 300 });
      const wrong = wrongClock();
      let requests = 0;
      all.sandbox.onRequest = () => {
        requests += 1;
        if (requests === 1) wrong.off = jump;
        if (requests === 4) all.sandbox.feed.changeListings(60);
      };
      await all.run(
        { mode: 'full-load', strategy },
        { odata: { clock: wrong, pageSize: 50 }, tools: { clock: wrong } },
      );
      expect(requests).toBeGreaterThan(6);
      await expectCurrent(all, wrong, jump);
      await expectCurrent(all, wrong, 0);
    }
  });

  test('promise 3: that is a day ahead does not let a timestamp of tomorrow carry the watermark there', async () => {
    const all = await pipeline({ listings: 50 });
    const [record] = all.sandbox.feed.records('Property');
    const tomorrow = new Date(Date.now() + DAY / 2).toISOString();
    all.sandbox.feed.put('Property', { ...record!, City: 'Tomorrowland', ModificationTimestamp: tomorrow });
    const wrong = wrongClock();
    wrong.off = DAY;
    for (let runs = 0; runs < 2; runs += 1) {
      await all.run(
        { resources: [property] },
        { odata: { clock: wrong, pageSize: 20 }, tools: { clock: wrong } },
      );
      expect(await watermarkOf(all)).toBeLessThan(Date.now());
      expect(await expectParity(all.sandbox, all.db, property)).toBe(50);
    }
  });
});
