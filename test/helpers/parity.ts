import { expect } from 'vitest';
import type { FieldType, Dataset } from '../../src/dataset/dataset.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import type { FreshDatabase } from './database.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';

/** A test's own idea of what a column holds: written apart from src/transform, so that one can prove the other wrong. */
function expected(type: FieldType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === 'boolean') return value === true ? '1' : '0';
  if (type.kind === 'decimal') return Number(value).toFixed(type.scale);
  if (type.kind === 'integer' || type.kind === 'bigint') return printed(value);
  if (type.kind === 'timestamp') {
    const text = new Date(printed(value)).toISOString();
    return `${text.slice(0, 10)} ${text.slice(11, 23)}`;
  }
  return value;
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const SIGNED = new Set(['MediaURL']);

/**
 * Holds every row and every column of a resource, and the stored payload, against the sandbox's own records.
 * @returns how many rows were compared.
 */
export async function expectParity(
  sandbox: Sandbox,
  db: FreshDatabase,
  resource: Dataset,
  except: ReadonlySet<string> = new Set(),
): Promise<number> {
  const columns = resource.fields.map((field) =>
    field.type.kind === 'text' || field.type.kind === 'longtext' || field.type.kind === 'string'
      ? `\`${field.column}\``
      : `CAST(\`${field.column}\` AS CHAR) AS \`${field.column}\``,
  );
  const key = resource.fields.find((field) => field.name === resource.key)!.column;
  const rows = await db.query(
    `SELECT ${columns.map((column) => column.replace(/^`/, 't.`').replace('CAST(`', 'CAST(t.`')).join(', ')}, r.payload AS raw_payload ` +
      `FROM ${resource.table} t JOIN ${resource.rawTable} r ON r.${key} = t.${key} WHERE t.deleted_at IS NULL`,
  );
  const stored = new Map(rows.map((row) => [String(row[key]), row]));
  const wrong: string[] = [];
  let compared = 0;
  for (const record of sandbox.feed.records(resource.name)) {
    const id = readText(record, resource.key);
    if (except.has(id)) continue;
    compared += 1;
    const row = stored.get(id);
    stored.delete(id);
    if (row === undefined) {
      wrong.push(`${id} is missing`);
      continue;
    }
    const served = sandbox.feed.serve(resource.name, record);
    for (const field of resource.fields) {
      if (SIGNED.has(field.name)) continue;
      const want = expected(field.type, served[field.name]);
      if (row[field.column] !== want) {
        wrong.push(`${id}.${field.name}: ${String(row[field.column])} instead of ${String(want)}`);
      }
    }
    if (unsigned(printed(row['raw_payload'])) !== unsigned(sandbox.feed.serveText(resource.name, record))) {
      wrong.push(`${id}: the payload differs`);
    }
  }
  wrong.push(...[...stored.keys()].filter((id) => !except.has(id)).map((id) => `${id} is not in the feed`));
  expect(wrong.slice(0, 10)).toEqual([]);
  return compared;
}

/** A re-stamp leaves the payload as it is: what it moves stands in the columns. */
function unsigned(json: string): string {
  return json.replaceAll(/"(MediaURL|ModificationTimestamp)":"[^"]*"/g, '"$1":""');
}
