import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Field, Dataset } from '../../src/dataset/dataset.ts';
import { essentialFields } from '../../src/dataset/essential.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { member } from '../../src/sources/trestle/datasets/member.ts';
import { office } from '../../src/sources/trestle/datasets/office.ts';
import { openHouse } from '../../src/sources/trestle/datasets/open-house.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { type ScriptedServer, scriptedServer } from '../helpers/scripted-server.ts';
import { parentLink } from '../../src/dataset/reading.ts';

const RESOURCES = [property, media, openHouse, office, member];

/** How a value can be odd, and what its column must hold then; written from the promise, not from the tool's code. */
type Way = { readonly json: string; readonly action: 'rounded' | 'cut' | 'null' };

function waysOf({ type }: Field): Way[] {
  const wrongType: Way = { json: '{"a":1}', action: 'null' };
  switch (type.kind) {
    case 'decimal':
      return [
        wrongType,
        { json: `1.${'1'.repeat(type.scale)}23456789`, action: 'rounded' },
        outOfRange,
        words,
      ];
    case 'integer':
    case 'bigint':
      return [wrongType, { json: '1998.5', action: 'rounded' }, outOfRange, words];
    case 'string':
      return [wrongType, { json: `"${'🏠'.repeat(type.length + 1)}"`, action: 'cut' }];
    case 'text':
      return [wrongType, { json: `"${'🏠'.repeat(16_384)}"`, action: 'cut' }];
    case 'date':
    case 'timestamp':
      return [wrongType, words, { json: '"2026-02-30T00:00:00Z"', action: 'null' }];
    case 'boolean':
      return [wrongType, words];
    case 'key':
      return [wrongType, { json: `"${'k'.repeat(256)}"`, action: 'null' }];
    case 'longtext':
      return [wrongType];
  }
}

const outOfRange: Way = { json: '1e40', action: 'null' };
const words: Way = { json: '"nineteen ninety"', action: 'null' };

type Odd = Way & { readonly dataset: string; readonly key: string; readonly field: string };

/** Each optional field of each resource, odd in each way, in a record of its own. */
const odd: Odd[] = RESOURCES.flatMap((resource) => {
  const optional = resource.fields.filter(({ name }) => !essentialFields(resource).has(name));
  return optional
    .flatMap((field) => waysOf(field).map((way) => ({ ...way, field: field.name })))
    .map((way, number) => ({ ...way, dataset: resource.name, key: `${resource.name}-${number}` }));
});

/** A page of a resource's records: odd ones, or fine ones of a later version. */
function pageOf(resource: Dataset, isOdd: boolean): string {
  const records = odd
    .filter(({ dataset }) => dataset === resource.name)
    .map(({ key, field, json }) => {
      const parent =
        parentLink(resource) === undefined ? '' : `"${parentLink(resource)!.field}":"Property-0",`;
      const stamp = isOdd ? '2026-01-01T00:00:00Z' : '2026-01-02T00:00:00Z';
      return `{"${resource.key}":"${key}",${parent}"ModificationTimestamp":"${stamp}","${field}":${isOdd ? json : 'null'}}`;
    });
  return `{"value":[${records.join(',')}]}`;
}

let all: Pipeline;
let server: ScriptedServer;
const pages = new Map<string, string>();

beforeAll(async () => {
  server = await scriptedServer({
    data: ({ path }) => {
      if (path.endsWith('$metadata')) return { status: 404 };
      const name = path.split('/').at(-1)!;
      const body = pages.get(name) ?? '{"value":[]}';
      pages.delete(name);
      return { body };
    },
  });
  all = await pipeline({ listings: 0 });
});
afterAll(() => server.close());

const load = (isOdd: boolean, resources: readonly Dataset[] = RESOURCES) => {
  for (const resource of RESOURCES) pages.set(resource.name, pageOf(resource, isOdd));
  const odata = { base: server.base, tokenUrl: server.tokenUrl };
  return all.run({ mode: 'full-load', resources }, { odata });
};

const cli = (...args: string[]) =>
  trestle(
    configured({ ...all.sandbox, url: server.base }, all.db, {
      TRESTLE_TOKEN_URL: server.tokenUrl,
      RESOURCES: RESOURCES.map(({ name }) => name).join(','),
    }),
    args,
  );

test('promise 7: a feed whose every optional field is odd in every way loads every record, and names each field', async () => {
  const outcome = await load(true);
  expect(outcome).toMatchObject({
    totals: { inserted: odd.length, rejected: 0, fieldIssues: odd.length },
  });
  expect(await all.db.query('SELECT * FROM etl_quarantine')).toEqual([]);
  const issues = await all.db.query<Odd>(
    'SELECT dataset, record_key AS `key`, field, action FROM etl_field_issue',
  );
  const named = (list: readonly Odd[]) =>
    list.map(({ dataset, key, field, action }) => `${dataset} ${key} ${field} ${action}`).sort();
  expect(named(issues)).toEqual(named(odd));
  const [run] = await all.db.query<Record<string, string>>('SELECT field_issues FROM etl_sync_log');
  expect(run).toEqual({ field_issues: String(odd.length) });
});

test('promise 7: the columns hold what the rule says, the payloads what was sent', async () => {
  for (const { dataset, key, field, json, action } of odd.filter((_, nth) => nth % 7 === 0)) {
    const resource = RESOURCES.find(({ name }) => name === dataset)!;
    const columnOf = (name: string) => resource.fields.find((each) => each.name === name)!.column;
    const [row] = await all.db.query<{ value: string | null; payload: string }>(
      `SELECT CAST(t.${columnOf(field)} AS CHAR) AS value, r.payload FROM ${resource.table} t ` +
        `JOIN ${resource.rawTable} r USING (${columnOf(resource.key)}) WHERE ${columnOf(resource.key)} = ?`,
      [key],
    );
    expect(row!.payload).toContain(`"${field}":${json}`);
    if (action === 'null') expect(row!.value).toBeNull();
    if (action === 'cut') expect(json.startsWith(`"${row!.value!}🏠`)).toBe(true);
    if (action === 'rounded') expect(Math.abs(Number(row!.value) - Number(json))).toBeLessThanOrEqual(0.5);
  }
});

describe('promise 7: people see them', () => {
  test('quarantine list --fields counts them by field and lists the newest', async () => {
    const { stdout, code } = await cli('quarantine', 'list', '--fields', '--last', '3');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Property\s+Latitude\s+rounded\s+1$/m);
    expect(stdout).toMatch(/^Property\s+Latitude\s+stored as NULL\s+3$/m);
    const json = JSON.parse((await cli('quarantine', 'list', '--fields', '--json')).stdout) as {
      counts: { records: number }[];
      issues: object[];
    };
    expect(json.counts.reduce((sum, { records }) => sum + records, 0)).toBe(odd.length);
    expect(json.issues).toHaveLength(50);
    expect(await cli('quarantine', 'show', 'x', '--fields')).toMatchObject({ code: 2 });
  });

  test('why shows those of its record, status counts them', async () => {
    const { key, field } = odd.find(({ action }) => action === 'rounded')!;
    const { stdout } = await cli('why', key, '--offline');
    expect(stdout).toContain(`  field ${field} is not a whole number (rounded): 1998.5`);
    const status = JSON.parse((await cli('status', '--json')).stdout) as {
      resources: { resource: string; fieldIssues: number }[];
    };
    for (const { resource, fieldIssues } of status.resources)
      expect({ resource, fieldIssues }).toEqual({
        resource,
        fieldIssues: odd.filter(({ dataset }) => dataset === resource).length,
      });
  });
});

test('promise 7: the whole feed once more writes nothing; once it is fixed, every issue is cleared', async () => {
  expect((await load(true)).totals).toMatchObject({
    unchanged: odd.length,
    updated: 0,
    fieldIssues: odd.length,
  });
  expect((await load(false)).totals).toMatchObject({ updated: odd.length, rejected: 0, fieldIssues: 0 });
  expect(await all.db.query('SELECT * FROM etl_field_issue')).toEqual([]);
  expect((await cli('quarantine', 'list', '--fields')).stdout).toBe(
    'every column holds exactly what the feed sent\n',
  );
});

describe('promise 7: STRICT_FIELDS=on sends them to quarantine, and the next run without it brings them back', () => {
  let strict: Pipeline;
  const strictly = RESOURCES.map((resource) => ({ ...resource, isStrict: true as const }));
  beforeAll(async () => {
    strict = await pipeline({ listings: 0 });
    for (const resource of RESOURCES) pages.set(resource.name, pageOf(resource, true));
    const odata = { base: server.base, tokenUrl: server.tokenUrl };
    await strict.run({ mode: 'full-load', resources: strictly }, { odata });
  });

  test('with each field named', async () => {
    const held = await strict.db.query<{ reasons: string }>('SELECT reasons FROM etl_quarantine');
    const fields = held.map(({ reasons }) => (JSON.parse(reasons) as { field: string }[])[0]!.field);
    expect(fields.sort()).toEqual(odd.map(({ field }) => field).sort());
    expect(await strict.db.query('SELECT * FROM etl_field_issue')).toEqual([]);
  });

  test('promise 5: without a call for them, whoever judged them before', async () => {
    pages.clear();
    // As an earlier version of the tool left them.
    await strict.db.query('UPDATE etl_quarantine SET rules = NULL WHERE record_key LIKE "Property%"');
    server.asked.length = 0;
    const outcome = await strict.run(
      { resources: RESOURCES },
      { odata: { base: server.base, tokenUrl: server.tokenUrl } },
    );
    expect(outcome.totals).toMatchObject({ inserted: odd.length, fieldIssues: odd.length, rejected: 0 });
    expect(server.asked.filter(({ target }) => target.includes('Property-0'))).toEqual([]);
    expect(await strict.db.query('SELECT record_key FROM etl_quarantine')).toEqual([]);
    expect(await strict.db.query('SELECT COUNT(*) AS n FROM etl_field_issue')).toEqual([
      { n: String(odd.length) },
    ]);
  });

  test('each is judged once by the same rules', async () => {
    await strict.db.query(
      "INSERT INTO etl_quarantine (resource, record_key, raw, reasons, run_id, first_seen, last_seen, times_seen) VALUES ('Property', 'bad', '{}', '[]', 1, NOW(3), NOW(3), 1)",
    );
    const odata = { base: server.base, tokenUrl: server.tokenUrl };
    for (const judged of [1, 0]) {
      strict.lines.length = 0;
      await strict.run({ resources: [property] }, { odata });
      expect(strict.lines.filter(({ message }) => message === 'quarantined records replayed')).toHaveLength(
        judged,
      );
    }
  });
});
