import { describe, expect, test } from 'vitest';
import { createSchemas, formatSchema } from '../../scripts/lib/schemas.mjs';
import { SOURCE_ID } from '../../src/config/sources-file.ts';
import { parseYaml } from '../../src/lib/yaml.ts';
import { toJSONSchema } from '../../src/lib/zod.ts';
import { layoutFile } from '../../src/sources/county/layouts/layout-file.ts';
import { countyEntry } from '../../src/sources/county/settings.ts';
import { apiEntry } from '../../src/sources/items/api/settings.ts';
import { kinds } from '../../src/sources/registry.ts';
import { codes, read, section, tableRows } from './documents.ts';

const schemas = createSchemas({ toJSONSchema, sourceId: SOURCE_ID, kinds, layoutFile });

test.each(Object.keys(schemas))('schema/%s is what npm run schema writes', (name) => {
  expect(read(`schema/${name}`)).toBe(formatSchema(schemas[name]!));
});

/** The sections of docs/configuration.md that describe a kind of source, and its keys. */
const SECTIONS = [
  { type: 'county', keys: Object.keys(countyEntry.shape) },
  { type: 'api', keys: Object.keys(apiEntry.shape) },
];

describe.each(SECTIONS)('$type in docs/configuration.md', ({ type, keys }) => {
  const page = section(read('docs/configuration.md'), `### type: ${type}`).split('\n#### ')[0]!;

  test('has a row for every key', () => {
    const rows = tableRows(page).map(([name = '']) => codes(name)[0]!);
    expect(rows.toSorted()).toEqual(['every', ...keys].toSorted());
  });

  test('has an example that is valid', () => {
    const { value } = parseYaml(/```yaml\n([\s\S]*?)```/.exec(page)![1]!, 'failsafe');
    const entries = Object.values((value as Example).sources);
    expect(entries.length).toBeGreaterThan(0);
    for (const { type: kind, every: _, ...entry } of entries) {
      expect(kind).toBe(type);
      const schema = kinds.find((each) => each.type === type)!.entry();
      expect(schema.safeParse(entry).error).toBeUndefined();
    }
  });
});

type Example = { readonly sources: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
