import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Additions } from '../../src/dataset/addition.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { FeedField } from '../../src/dataset/feed-schema.ts';
import { withAdditions } from '../../src/dataset/additions.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { dictionaryFields, dictionaryFile } from '../helpers/dictionary.ts';
import { allowFields, knowFeed } from '../helpers/fields.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const LISTINGS = 250;

/** A value that shows every byte of what is lost or swapped; some are null, some as long as can be. */
function valueFor(name: string, field: FeedField, turn: number): string | number | boolean | null {
  if ((turn + name.length) % 5 === 0) return null;
  switch (field.type) {
    case 'Boolean':
      return turn % 2 === 0;
    case 'Date':
      return `2024-0${1 + (turn % 9)}-1${name.length % 10}`;
    case 'DateTimeOffset':
      return `2025-03-0${1 + (turn % 9)}T10:20:30.${100 + (name.length % 900)}Z`;
    case 'Int64':
      return turn * 1000 + name.length;
    case 'Decimal':
      return turn + name.length / 100;
    case 'Enum':
      return field.isMany === true ? `${name},Other${turn}` : `${name.slice(0, 60)}${turn}`;
    default:
      return `${name} ${turn} é🏠`.slice(0, field.length ?? 20).toWellFormed();
  }
}

/** Every record gets every field of the dictionary. */
function fillIn({ feed }: Sandbox, fields: Readonly<Record<string, FeedField>>): void {
  for (const [turn, record] of [...feed.records('Property')].entries()) {
    const more = Object.entries(fields)
      .filter(([name]) => !property.fields.some((field) => field.name === name))
      .map(([name, field]) => [name, valueFor(name, field, turn)] as const);
    feed.put('Property', { ...record, ...Object.fromEntries(more) });
  }
}

/** The resource as one table shows it. */
function seenAs(table: string, folder: string): Dataset {
  const file = JSON.parse(readFileSync(join(folder, 'state/resources.json'), 'utf8')) as {
    resources: Additions;
  };
  const wide = withAdditions(property, file.resources['Property'] ?? {});
  return { ...wide, table };
}

describe.skipIf(dictionaryFile === undefined)(
  'all fields of the Data Dictionary as columns (skipped where its file is not there)',
  () => {
    let sandbox: Sandbox;
    let db: FreshDatabase;
    let folder: string;

    beforeAll(async () => {
      sandbox = await sandboxFor({ listings: LISTINGS });
      const fields = dictionaryFields();
      expect(Object.keys(fields)).toHaveLength(632);
      fillIn(sandbox, fields);
      db = await migratedDatabase();
      await allowFields(db);
      folder = configured(sandbox, db, { RESOURCES: 'Property' });
      expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
      await knowFeed(db, fields);
      const ended = await trestle(folder, ['fields', 'add', 'Property', '--all']);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toContain('in properties_2');
      expect(ended.stdout).toContain(`filled ${LISTINGS} rows`);
    });

    test('promise 7: are made, filled and read back through one view', async () => {
      const wide = seenAs('properties_all', folder);
      expect(wide.fields.length).toBeGreaterThanOrEqual(632);
      expect(await expectParity(sandbox, db, wide)).toBe(LISTINGS);
      const [row] = await db.query<{ mode: string }>('SELECT @@innodb_strict_mode AS mode');
      expect(Number(row!.mode)).toBe(1);
    });

    test('are written by a sync, in the same transaction, and count as unchanged in a full-load', async () => {
      const [record, other] = [...sandbox.feed.records('Property')];
      const now = new Date().toISOString();
      const changed = {
        ...record,
        Appliances: 'Oven',
        WindowFeatures: 'Skylights',
        ModificationTimestamp: now,
      };
      sandbox.feed.put('Property', changed);
      sandbox.feed.remove('Property', readText(other!, 'ListingKey'));
      expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
      const hard = ['reconcile', '--hard'];
      expect(await trestle(folder, hard)).toMatchObject({ code: 0, stderr: '' });
      expect(await expectParity(sandbox, db, seenAs('properties_all', folder))).toBe(LISTINGS - 1);
      const [sides] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties_2');
      expect(Number(sides!.n)).toBe(LISTINGS - 1);
      expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
      const [last] = await db.query(
        'SELECT records_unchanged, records_updated FROM etl_sync_log ORDER BY id DESC LIMIT 1',
      );
      expect(last).toMatchObject({ records_unchanged: String(LISTINGS - 1), records_updated: '0' });
    });

    test('are the same in a fresh database that is given the file', async () => {
      const fresh = await migratedDatabase();
      await allowFields(fresh);
      const elsewhere = configured(sandbox, fresh, { RESOURCES: 'Property' });
      mkdirSync(join(elsewhere, 'state'), { mode: 0o700 });
      const file = readFileSync(join(folder, 'state/resources.json'));
      writeFileSync(join(elsewhere, 'state/resources.json'), file);
      expect(await trestle(elsewhere, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
      const count = [...sandbox.feed.records('Property')].length;
      expect(await expectParity(sandbox, fresh, seenAs('properties_all', folder))).toBe(count);
    });

    test('can be dropped again, to the last table beside the first one', async () => {
      const all = seenAs('properties', folder).fields.filter((field) => field.table !== undefined);
      const ended = await trestle(folder, ['fields', 'drop', 'Property', ...all.map((field) => field.name)]);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const tables = await db.query<Record<string, string>>("SHOW TABLES LIKE 'properties%'");
      const names = tables.flatMap((row) => Object.values(row)).toSorted((a, b) => (a < b ? -1 : 1));
      expect(names).toEqual(['properties', 'properties_raw']);
      expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    });
  },
);
