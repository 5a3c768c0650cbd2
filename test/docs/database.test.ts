import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes, read, ROOT, section, tableRows } from './documents.ts';

const createdTables = (sql: string): string[] =>
  [...sql.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map((match) => match[1]!);

/** Columns that later files of sql/ add. */
const addedColumns = (table: string): RegExp => new RegExp(`ALTER TABLE ${table} ADD COLUMN (\\w+)`, 'g');

describe('docs/database.md', () => {
  const text = read('docs/database.md');
  const schema = readdirSync(join(ROOT, 'sql'))
    .map((name) => read(`sql/${name}`))
    .join('\n');

  test('names every table, and none that sql/ does not create', () => {
    const documented = tableRows(section(text, '## Tables')).map(([first = '']) => codes(first)[0]!);
    expect(documented).toEqual(expect.arrayContaining(createdTables(schema)));
    expect([...createdTables(schema), 'etl_schema_version']).toEqual(expect.arrayContaining(documented));
  });

  test.each(['unified_items', 'raw_data', 'etl_checkpoints', 'etl_runs'])(
    'explains every column of %s',
    (name) => {
      const items = read('sql/0017_items.sql');
      const table =
        new RegExp(`(?:TABLE IF NOT EXISTS|VIEW) ${name}\\b([\\s\\S]*?)(?:PRIMARY KEY|FROM)`).exec(
          items,
        )?.[1] ?? '';
      const columns =
        name === 'etl_runs'
          ? [...table.matchAll(/(\w+),?$/gm)]
              .map(([, column]) => column!)
              .filter((column) => !['AS', 'SELECT'].includes(column))
          : [...table.matchAll(/^ {2}(\w+) [A-Z]/gm), ...schema.matchAll(addedColumns(name))].map(
              ([, column]) => column!,
            );
      const documented = tableRows(section(text, `### ${name}`)).flatMap(([first = '']) => codes(first));
      expect(documented.length).toBeGreaterThan(8);
      expect(documented.toSorted()).toEqual(columns.toSorted());
    },
  );

  test('explains every column of etl_sync_log', () => {
    const table = /CREATE TABLE IF NOT EXISTS etl_sync_log \(([\s\S]*?)PRIMARY KEY/.exec(schema)?.[1] ?? '';
    const created = [...table.matchAll(/^ {2}(\w+) /gm)].map((match) => match[1]!);
    const added = [...schema.matchAll(/ALTER TABLE etl_sync_log ADD COLUMN (\w+)/g)].map(
      (match) => match[1]!,
    );
    const columns = [...created, ...added];
    const documented = tableRows(section(text, '## etl_sync_log')).flatMap(([first = '']) => codes(first));
    expect(columns.filter((name) => !['id', 'updated_at'].includes(name)).toSorted()).toEqual(
      documented.toSorted(),
    );
  });
});
