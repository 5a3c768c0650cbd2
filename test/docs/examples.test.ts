import { expect, test } from 'vitest';
import { parseYaml } from '../../src/lib/yaml.ts';
import { type ItemsSandbox, startItemsSandbox } from '../../src/sandbox/items/index.ts';
import { DIALECTS } from '../../src/sandbox/items/csv/dialects.ts';
import { ODD_FEEDS } from '../../src/sandbox/items/feeds/odd-feeds.ts';
import { codes, read, section, tableRows } from './documents.ts';

type Entry = {
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly auth?: { readonly query?: string; readonly header?: string };
};

const text = read('examples/sources.yaml');
const { sources } = parseYaml(text).value as { readonly sources: Readonly<Record<string, Entry>> };

/** Fetches what a source names, as the tool does. */
async function fetchSource({ url: origin, credentials }: ItemsSandbox, entry: Entry): Promise<Response> {
  const url = new URL(entry.url.replace(/^http:\/\/[^/]+/, origin));
  for (const [name, value] of Object.entries(entry.query ?? {})) url.searchParams.set(name, value);
  if (entry.auth?.query !== undefined) url.searchParams.set(entry.auth.query, credentials.key);
  const headers = entry.auth?.header === undefined ? {} : { [entry.auth.header]: credentials.key };
  return await fetch(url, { headers });
}

test('examples/sources.yaml names its schema first, and every source is served by the sandbox', async () => {
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema/sources.schema.json');
  expect(Object.keys(sources)).toEqual(['mortgage_rates', 'permits', 'agents_roster', 'local_news']);
  const sandbox = await startItemsSandbox({ records: 10 });
  try {
    for (const entry of Object.values(sources)) {
      expect(new URL(entry.url).origin).toBe('http://127.0.0.1:8082');
      expect((await fetchSource(sandbox, entry)).status).toBe(200);
    }
  } finally {
    await sandbox.close();
  }
});

test('docs/sandbox.md names every dialect and every odd feed', () => {
  const page = read('docs/sandbox.md');
  const dialects = codes(section(page, '### CSV dialects').split('. With ')[0]!);
  expect(dialects).toEqual(Object.keys(DIALECTS));
  const names = tableRows(section(page, '### Odd feeds')).flatMap(([first = '']) => codes(first));
  expect(names.toSorted()).toEqual(Object.keys(ODD_FEEDS).toSorted());
});
