import { beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../src/commands/plan/format.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import { type SandboxRecord, readText } from '../../src/sandbox/trestle/record.ts';
import { configured, type Ended, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { cursorField, hasParentVersion } from '../../src/dataset/reading.ts';

/** Those that are read by a cursor of their own; each with a field that a person would see change. */
const SEEN: Readonly<Record<string, string>> = {
  Property: 'City',
  OpenHouse: 'OpenHouseRemarks',
  PropertyRooms: 'RoomDescription',
  PropertyUnitTypes: 'UnitTypeDescription',
  Office: 'OfficeName',
  Member: 'MemberEmail',
  Teams: 'TeamName',
  TeamMembers: 'MemberLoginId',
  Lookup: 'LookupValue',
};
const plain = resources.filter(({ name }) => name in SEEN);
const NAMES = 'Property,Media,OpenHouse,PropertyRooms,PropertyUnitTypes,Office,Member,Teams,TeamMembers';

let sandbox: Sandbox;
let db: FreshDatabase;
let folder: string;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 300 });
  db = await freshDatabase();
  folder = configured(sandbox, db, { RESOURCES: NAMES, LOOKUPS: 'on', PAGE_SIZE: '200' });
});

async function passes(...args: string[]): Promise<Ended> {
  const ended = await trestle(folder, args);
  expect({ args, ...ended }).toMatchObject({ args, code: 0, stderr: '' });
  return ended;
}

function recordsOf({ name }: Dataset): SandboxRecord[] {
  return [...sandbox.feed.records(name)];
}

function keyColumn({ fields, key }: Dataset): string {
  return fields.find((field) => field.name === key)!.column;
}

async function count({ table }: Dataset, where: string): Promise<number> {
  const [row] = await db.query<{ n: string }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`);
  return Number(row!.n);
}

/** Calls for records and keys, by resource. */
async function counted(work: () => Promise<unknown>): Promise<Map<string, number>> {
  const before = sandbox.requests.length;
  await work();
  const calls = new Map<string, number>();
  for (const { kind, resource = '' } of sandbox.requests.slice(before))
    if (kind === 'data') calls.set(resource, (calls.get(resource) ?? 0) + 1);
  return calls;
}

async function expectAll(): Promise<void> {
  for (const resource of resources.filter((each) => !hasParentVersion(each)))
    expect([resource.name, await expectParity(sandbox, db, resource)]).toEqual([
      resource.name,
      sandbox.feed.size(resource.name),
    ]);
}

test('plan names every resource, with one call for each, before there is a table', async () => {
  let plan: Plan | undefined;
  const calls = await counted(async () => {
    plan = JSON.parse((await passes('plan', 'full-load', '--json')).stdout) as Plan;
  });
  expect(plan?.resources.map(({ resource }) => resource)).toEqual([...NAMES.split(','), 'Lookup']);
  for (const { resource, records } of plan!.resources)
    expect([resource, records]).toEqual([resource, sandbox.feed.size(resource)]);
  expect([...calls.values()].every((times) => times === 1)).toBe(true);
});

test('doctor asks each resource once, and finds nothing wrong', async () => {
  const calls = await counted(() => passes('doctor'));
  expect([...calls.keys()].sort()).toEqual([...NAMES.split(','), 'Lookup'].sort());
  expect([...calls.values()].every((times) => times === 1)).toBe(true);
});

test('a full-load brings every record of every resource, exactly', async () => {
  await passes('full-load');
  await expectAll();
});

test('a sync of a feed that stood still costs one call a resource and one for photos, and writes nothing', async () => {
  const calls = await counted(() => passes('sync'));
  expect(calls.get('Media')).toBeUndefined();
  expect(calls.size).toBe(plain.length);
  for (const { name } of plain) expect([name, calls.get(name)]).toEqual([name, name === 'Property' ? 2 : 1]);
  const [run] = await db.query<Record<string, string>>('SELECT * FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  expect(run).toMatchObject({ status: 'success', records_inserted: '0', records_updated: '0' });
});

test('what is new and what has changed in any of them comes with the next sync', async () => {
  const now = stamp(Date.now());
  for (const resource of plain) {
    const { name, key } = resource;
    const [first, second] = recordsOf(resource);
    sandbox.feed.put(name, { ...first!, [SEEN[name]!]: 'changed, 谢谢 🙏', [cursorField(resource)]: now });
    sandbox.feed.put(name, { ...second!, [key]: `new-${name}`, [cursorField(resource)]: now });
  }
  await passes('sync');
  await expectAll();
  for (const resource of plain) {
    const seen = resource.fields.find((field) => field.name === SEEN[resource.name])!.column;
    expect([resource.name, await count(resource, `${seen} = 'changed, 谢谢 🙏'`)]).toEqual([
      resource.name,
      1,
    ]);
  }
});

test('promise 8: what vanished is found by a census of each, marked, and brought back by undelete', async () => {
  const before = new Map<string, number>();
  const gone = new Map<string, string>();
  for (const resource of plain) {
    const last = readText(recordsOf(resource).at(-2)!, resource.key);
    before.set(resource.name, await count(resource, 'deleted_at IS NULL'));
    gone.set(resource.name, last);
    sandbox.feed.remove(resource.name, last);
  }
  const orphans = [...sandbox.feed.records('Media')].filter(
    (medium) => medium['ResourceRecordKey'] === gone.get('Property'),
  );
  for (const medium of orphans) sandbox.feed.remove('Media', readText(medium, 'MediaKey'));
  const expectDeleted = async (deleted: number, left: number): Promise<void> => {
    for (const resource of plain) {
      const { name } = resource;
      const where = `deleted_at IS NOT NULL AND ${keyColumn(resource)} = '${gone.get(name)}'`;
      const found = [await count(resource, where), (await count(resource, '1 = 1')) - before.get(name)!];
      expect([name, ...found]).toEqual([name, deleted, left]);
    }
  };
  // Of nine offices one is a large share.
  const reconcile = ['reconcile', '--max-delete-percent', '50'];
  await passes(...reconcile, '--dry-run');
  await expectDeleted(0, 0);
  await passes(...reconcile);
  await expectDeleted(1, 0);
  const [{ run } = { run: '' }] = await db.query<{ run: string }>(
    'SELECT MAX(run_id) AS run FROM etl_deletion',
  );
  await passes('undelete', '--run', run);
  await expectDeleted(0, 0);
  await passes(...reconcile, '--hard');
  await expectDeleted(0, -1);
});

test('promise 10: verify names what is missing of each here, and reconcile fetches it', async () => {
  const missing = plain.map(
    (resource) => `${resource.name} missing: ${readText(recordsOf(resource)[0]!, resource.key)}`,
  );
  for (const resource of plain)
    await db.query(`DELETE FROM ${resource.table} WHERE ${keyColumn(resource)} = ?`, [
      readText(recordsOf(resource)[0]!, resource.key),
    ]);
  const ended = await trestle(folder, ['verify']);
  expect(ended.code).toBe(1);
  expect(ended.stdout.split('\n').filter((line) => line.includes(' missing: '))).toEqual(missing);
  await passes('reconcile');
  await passes('verify');
});

test('what belonged to listings that vanished goes with the same reconcile', async () => {
  const gone = new Set(sandbox.feed.removeListings(12));
  await passes('reconcile', '--max-delete-percent', '50');
  await expectAll();
  const marked = await db.query<{ k: string }>(
    'SELECT DISTINCT listing_key AS k FROM property_rooms WHERE deleted_at IS NOT NULL',
  );
  expect(marked.length).toBeGreaterThan(0);
  expect(marked.filter(({ k }) => !gone.has(k))).toEqual([]);
});

test('status, usage and plan tell of each', async () => {
  const all = [...NAMES.split(','), 'Lookup'];
  const status = JSON.parse((await passes('status', '--json')).stdout) as StatusReport;
  expect(status.resources.map(({ resource }) => resource)).toEqual(all);
  expect(status.resources.every(({ ageSeconds, rows }) => ageSeconds !== null && rows > 0)).toBe(true);
  const usage = (await passes('usage', '--by', 'resource')).stdout;
  expect(all.filter((name) => !usage.includes(name))).toEqual([]);
  const plan = JSON.parse((await passes('plan', 'reconcile', '--json')).stdout) as Plan;
  expect(plan.resources.map(({ resource }) => resource)).toEqual(all.filter((name) => name !== 'Media'));
});

test('promise 7: a field that its column cannot hold costs no record, and is recorded', async () => {
  const [first, second] = [...sandbox.feed.records('OpenHouse')];
  const now = stamp(Date.now());
  sandbox.feed.put('OpenHouse', { ...first!, OpenHouseStartTime: 'Saturday', ModificationTimestamp: now });
  sandbox.feed.put('OpenHouse', { ...second!, Refreshments: 'Tea', ModificationTimestamp: now });
  await passes('sync', '--resources', 'OpenHouse');
  const rows = await db.query(
    'SELECT dataset, record_key AS k, field, open_house_start_time AS start FROM etl_field_issue ' +
      "JOIN open_houses ON open_house_key = record_key WHERE dataset = 'OpenHouse'",
  );
  const k = readText(first!, 'OpenHouseKey');
  expect(rows).toEqual([{ dataset: 'OpenHouse', k, field: 'OpenHouseStartTime', start: null }]);
  expect(await db.query("SELECT 1 FROM open_houses WHERE refreshments = 'Tea'")).toHaveLength(1);
});

test('a filter narrows what is fetched and what is compared', async () => {
  const own = await freshDatabase();
  const filtered = configured(sandbox, own, {
    RESOURCES: 'Office,Member',
    MEMBER_FILTER: "OfficeMlsId eq 'O100'",
  });
  expect(await trestle(filtered, ['full-load'])).toMatchObject({ code: 0 });
  const wanted = [...sandbox.feed.records('Member')].filter((each) => each['OfficeMlsId'] === 'O100').length;
  expect(wanted).toBeGreaterThan(10);
  expect(await own.query('SELECT COUNT(*) AS n FROM members')).toEqual([{ n: String(wanted) }]);
  expect(await trestle(filtered, ['verify'])).toMatchObject({ code: 0 });
  expect(await trestle(filtered, ['reconcile'])).toMatchObject({ code: 0 });
  expect(await own.query('SELECT 1 FROM members WHERE deleted_at IS NOT NULL')).toEqual([]);
});

test('PAYLOAD=off asks by name for what has a column, and keeps nothing else', async () => {
  const own = await freshDatabase();
  const bare = configured(sandbox, own, { RESOURCES: 'Member,OpenHouse', PAYLOAD: 'off' });
  sandbox.requests.length = 0;
  expect(await trestle(bare, ['full-load'])).toMatchObject({ code: 0 });
  const selects = sandbox.requests.flatMap(({ query }) => query['$select'] ?? []);
  expect(selects.length).toBeGreaterThan(1);
  expect(selects.join()).not.toMatch(/password/i);
  expect(await own.query('SELECT COUNT(*) AS n FROM members_raw')).toEqual([{ n: '0' }]);
  const [row] = await own.query<{ n: string }>('SELECT COUNT(*) AS n FROM members');
  expect(Number(row!.n)).toBe(sandbox.feed.size('Member'));
});

test('PRETTY_ENUMS keeps display names, and a full-load brings them to rows that were there', async () => {
  const own = await freshDatabase();
  const env = { RESOURCES: 'Property,OpenHouse', PAGE_SIZE: '100' };
  const types = async (): Promise<unknown[]> =>
    (await own.query('SELECT DISTINCT property_sub_type AS t FROM properties ORDER BY t')).map(
      (row) => row['t'],
    );
  expect(await trestle(configured(sandbox, own, env), ['full-load'])).toMatchObject({ code: 0 });
  expect(await types()).toEqual(['Condominium', 'SingleFamilyResidence', 'UnimprovedLand']);
  const pretty = configured(sandbox, own, { ...env, PRETTY_ENUMS: 'on' });
  sandbox.requests.length = 0;
  expect(await trestle(pretty, ['full-load'])).toMatchObject({ code: 0 });
  expect(await types()).toEqual(['Condominium', 'Single Family Residence', 'Unimproved Land']);
  const asked = sandbox.requests
    .filter(({ kind }) => kind === 'data')
    .map(({ query }) => query['PrettyEnums']);
  expect(asked.length).toBeGreaterThan(3);
  expect(new Set(asked)).toEqual(new Set(['true']));
  // Numbers and keys have no names.
  sandbox.requests.length = 0;
  expect(await trestle(pretty, ['verify'])).toMatchObject({ code: 0 });
  expect(sandbox.requests.filter(({ query }) => 'PrettyEnums' in query)).toEqual([]);
});

test('promise 8: where too much of one resource would go, nothing of it does, and the others are reconciled', async () => {
  const own = await freshDatabase();
  const place = await sandboxFor({ listings: 100 });
  const there = configured(place, own, { RESOURCES: 'Property,Office,Member' });
  expect(await trestle(there, ['full-load'])).toMatchObject({ code: 0 });
  const offices = [...place.feed.records('Office')].map((record) => readText(record, 'OfficeKey'));
  const [member] = [...place.feed.records('Member')].map((record) => readText(record, 'MemberKey'));
  for (const key of offices.slice(0, Math.ceil(offices.length / 2))) place.feed.remove('Office', key);
  place.feed.remove('Member', member!);
  const ended = await trestle(there, ['reconcile']);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/Office: \d+ of \d+ rows .* nothing was deleted — .*reconcile --force/);
  expect(await own.query('SELECT COUNT(*) AS n FROM offices WHERE deleted_at IS NOT NULL')).toEqual([
    { n: '0' },
  ]);
  expect(await own.query('SELECT member_key AS k FROM members WHERE deleted_at IS NOT NULL')).toEqual([
    { k: member },
  ]);
});

test('promise 8: open houses that are over may all go', async () => {
  const own = await freshDatabase();
  const place = await sandboxFor({ listings: 100 });
  const there = configured(place, own, { RESOURCES: 'Property,OpenHouse' });
  expect(await trestle(there, ['full-load'])).toMatchObject({ code: 0 });
  await own.query(
    'UPDATE open_houses SET open_house_end_time = UTC_TIMESTAMP() - INTERVAL 1 DAY ORDER BY open_house_key LIMIT 5',
  );
  const over = await own.query<{ k: string }>(
    'SELECT open_house_key AS k FROM open_houses WHERE open_house_end_time < UTC_TIMESTAMP() ORDER BY open_house_key',
  );
  for (const { k } of over) place.feed.remove('OpenHouse', k);
  expect(await trestle(there, ['reconcile'])).toMatchObject({ code: 0 });
  expect(
    await own.query(
      'SELECT open_house_key AS k FROM open_houses WHERE deleted_at IS NOT NULL ORDER BY open_house_key',
    ),
  ).toEqual(over);
});
