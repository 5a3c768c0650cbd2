import { describe, expect, test } from 'vitest';
import { createSchemas, formatSchema } from '../../scripts/lib/schemas.mjs';
import { SOURCE_ID } from '../../src/config/sources-file.ts';
import { parseYaml } from '../../src/lib/yaml.ts';
import { toJSONSchema } from '../../src/lib/zod.ts';
import { layoutFile } from '../../src/sources/county/layouts/layout-file.ts';
import { countyEntry } from '../../src/sources/county/settings.ts';
import { kinds } from '../../src/sources/registry.ts';
import { codes, read, section, tableRows } from './documents.ts';

const schemas = createSchemas({ toJSONSchema, sourceId: SOURCE_ID, kinds, layoutFile });

test.each(Object.keys(schemas))('schema/%s is what npm run schema writes', (name) => {
  expect(read(`schema/${name}`)).toBe(formatSchema(schemas[name]!));
});

describe('sources.yaml in docs/configuration.md', () => {
  const page = section(read('docs/configuration.md'), '## sources.yaml');

  test('has a row for every key', () => {
    const rows = tableRows(page).map(([name = '']) => codes(name)[0]!);
    expect(rows.toSorted()).toEqual(['type', 'every', ...Object.keys(countyEntry.shape)].toSorted());
  });

  test('has an example that is valid', () => {
    const { value } = parseYaml(/```yaml\n([\s\S]*?)```/.exec(page)![1]!);
    for (const { type, every: _, ...entry } of Object.values((value as Example).sources)) {
      expect(type).toBe('county');
      expect(countyEntry.safeParse(entry).error).toBeUndefined();
    }
  });
});

type Example = { readonly sources: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
