import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigReading, readConfig } from '../../src/config/config.ts';
import { readSourcesFile, type SourcesFile } from '../../src/config/sources-file.ts';
import { county } from '../../src/sources/county/index.ts';
import type { CountyEntry } from '../../src/sources/county/settings.ts';
import type { ApiEntry } from '../../src/sources/items/api/settings.ts';
import { api } from '../../src/sources/items/index.ts';
import type { SourceKind } from '../../src/sources/kind.ts';
import { kinds, registry } from '../../src/sources/registry.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, variables: Readonly<Record<string, string>> = {}, others = kinds): SourcesFile {
  writeFileSync(join(folder, 'sources.yaml'), text);
  const lookUp = (name: string): string | undefined => variables[name];
  return readSourcesFile({ path: undefined, folder, kinds: others, taken: ['trestle'], lookUp });
}

/** Reads a file and returns the entries as its kinds receive them. */
function entriesOf<Entry>(kind: SourceKind<Entry>, text: string, variables = {}): Entry[] {
  const entries: Entry[] = [];
  const define: SourceKind<Entry>['define'] = (id, entry, path, written) => {
    entries.push(entry);
    return kind.define(id, entry, path, written);
  };
  const { problems } = read(text, variables, [{ ...kind, define } as SourceKind]);
  expect(problems).toEqual([]);
  return entries;
}

const API = `sources:
  notes:
    type: api
    url: https://crm.example/\${TENANT}/notes
    query: { zip: 07030, version: 1.10, draft: no, key: "a\${KEY}b" }
    headers: { X-Key: "\${KEY}" }
    auth: { bearer: "\${TOKEN}" }
    item: { external_id: id, title: "\${TITLE}" }
`;

const VARIABLES = { TENANT: 'acme', KEY: 'k-123', TOKEN: 'geheim' };

test('a mapping or a path that calls an unknown function is a problem with its line', () => {
  const { problems } = read(`sources:
  notes:
    type: api
    url: https://crm.example/notes
    records: flaten(data)
    item:
      external_id: id
      title: "{upcase(name[0])}, {state}"
      metadata: [id, "length(a.b, c)"]
`);
  expect(problems).toEqual([
    expect.stringMatching(/ line 5: notes\.records .*flaten\(\)/),
    expect.stringMatching(/ line 8: notes\.item\.title .*upcase\(\).*upper\(\)/),
    expect.stringMatching(/ line 9: notes\.item\.metadata\.1 .*length\(\) takes 1 /),
  ]);
});

describe('values', () => {
  test('are the text that was typed, and numbers where a number is needed', () => {
    const [entry] = entriesOf<ApiEntry>(api, API, VARIABLES);
    expect(entry!.query).toEqual({ zip: '07030', version: '1.10', draft: 'no', key: 'ak-123b' });
    const text =
      'sources:\n  notes: { type: api, url: http://a.test, page: { number: p, size: 50 }, item: { external_id: id, title: title } }';
    expect(entriesOf<ApiEntry>(api, text)[0]!.page).toEqual({ number: 'p', from: 1, size: 50 });
  });

  test('of a county are numbers too, and wrong ones have a line', () => {
    const text = 'sources:\n  hcad: { type: county, layout: hcad, year: [2025, 2026], parallel: 5 }';
    const [entry] = entriesOf<CountyEntry>(county, text);
    expect([entry!.year, entry!.parallel]).toEqual([[2025, 2026], 5]);
    const wrong = 'sources:\n  hcad:\n    type: county\n    layout: hcad\n    parallel: 99\n    year: soon';
    expect(read(wrong).problems.toSorted()).toEqual([
      expect.stringMatching(/sources\.yaml line 5: hcad\.parallel /),
      expect.stringMatching(/sources\.yaml line 6: hcad\.year /),
    ]);
  });

  test('pitfall 17: variables are inserted in url, query, headers and auth, and are secrets', () => {
    const [entry] = entriesOf<ApiEntry>(api, API, VARIABLES);
    expect(entry).toMatchObject({
      url: 'https://crm.example/acme/notes',
      headers: { 'X-Key': 'k-123' },
      auth: { bearer: 'geheim' },
      item: { title: '${TITLE}' },
    });
    const { secrets, names } = read(API, VARIABLES);
    expect(secrets.toSorted()).toEqual(['acme', 'geheim', 'k-123']);
    expect(names.toSorted()).toEqual(['KEY', 'TENANT', 'TOKEN']);
  });

  test('a variable that is not set, or has no name, is a problem with its line', () => {
    const { problems, definitions } = read(API.replace('{TENANT}', '{TEN ANT}'), { KEY: 'k' });
    expect(definitions).toEqual([]);
    expect(problems).toEqual([
      expect.stringContaining('line 4: notes.url has "${" without a name'),
      expect.stringContaining('line 7: notes.auth.bearer refers to TOKEN, which is not set: add it to .env'),
    ]);
  });
});

test.each([
  [
    'title: t, published_at: { from: x, format: MM/DD/YYYY }',
    'notes.item.published_at.format "MM/DD/YYYY" has D or Y',
  ],
  ['published_at: x', 'notes.item.title must be set'],
])('a mapping with { %s } is refused with its rule: %s', (text, problem) => {
  const { problems } = read(
    `sources:\n  notes: { type: api, url: http://a.test, item: { external_id: id, ${text} } }`,
  );
  expect(problems).toEqual([expect.stringContaining(problem)]);
});

describe('names', () => {
  test('that differ only in - and _ would share tables', () => {
    const entry = '{ type: county, layout: hcad }';
    const text = `sources:\n  my-county: ${entry}\n  my_county: ${entry}\n  Upper: ${entry}\n  trestle: ${entry}\n  media: ${entry}`;
    expect(read(text).problems.map((problem) => problem.replace(/^.*sources\.yaml /, ''))).toEqual([
      'line 3: my_county differs from my-county only in - and _: rename one of them',
      expect.stringContaining('line 4: Upper is not a name'),
      'line 5: trestle is the name of a source that .env configures',
      'line 6: media is a reserved name: rename it',
    ]);
  });
});

test.each([
  ['url: ftp://a.test/x', 'url must be an address that begins with https:// or http://'],
  ['url: http://me:geheim@a.test/x', 'url has a user and a password'],
  ['url: http://a.test, path: x.json', 'must have url or path, not both'],
  ['path: x.json, page: { number: page }', 'has path, so it cannot have auth, page or since'],
  ['url: http://a.test, auth: { token: x }', 'auth must be one of: { bearer }'],
  ['url: http://a.test, page: { number: page, size_param: n }', 'page has size_param without size'],
  ['url: http://a.test, page: { page: 1 }', 'page must be one of: { number, from }'],
  ['url: http://a.test, since: { field: t, param: p, value: x }', 'since.value must contain {since}'],
  ['url: http://a.test, since: { field: t, param: p, overlap: x }', 'since.overlap must be a duration'],
  ['url: http://a.test, deletes: absent, since: { field: t, param: p }', 'has deletes: absent and since'],
  ['url: http://a.test, itme: {}', 'line 2: notes.itme is not a known key; did you mean item?'],
  ['url: http://a.test, records: "data[0"', 'line 2: notes.records is not a JMESPath expression'],
  ['url: http://a.test, page: { next: "links[?" }', 'line 2: notes.page.next is not a JMESPath expression'],
  ['url: http://a.test, since: { field: "t | ", param: p }', 'line 2: notes.since.field is not a JMESPath'],
])('an api with { %s } is refused: %s', (text, problem) => {
  const { problems, definitions } = read(
    `sources:\n  notes: { type: api, item: { external_id: id, title: title }, ${text} }`,
  );
  expect(definitions).toEqual([]);
  expect(problems).toEqual([expect.stringContaining(problem)]);
  expect(problems.join()).not.toContain('geheim');
});

test('$schema is allowed, also in JSON, and other keys are not', () => {
  const sources = { hcad: { type: 'county', layout: 'hcad', parallel: 2 } };
  expect(read(JSON.stringify({ $schema: './sources.schema.json', sources })).problems).toEqual([]);
  expect(read(JSON.stringify({ schema: 'x', sources })).problems).toEqual([
    expect.stringContaining('line 1: unknown key schema; did you mean $schema?'),
  ]);
});

/** Reads the configuration of a folder with two profiles. */
function readProfile(env: Readonly<Record<string, string>>, profile?: string): ConfigReading {
  writeFileSync(join(folder, 'sources.yaml'), API);
  const common = 'MYSQL_HOST=x\nMYSQL_DATABASE=x\nMYSQL_USER=x\nMYSQL_PASSWORD=x\nTENANT=acme\nKEY=k-123\n';
  writeFileSync(join(folder, '.env'), `${common}TOKEN=of-the-file\n`);
  writeFileSync(join(folder, '.env.west'), `${common}TOKEN=of-the-west\n`);
  return readConfig(registry, { cwd: () => folder, profile }, env, kinds);
}

test.each([
  [{}, undefined, 'of-the-file'],
  [{}, 'west', 'of-the-west'],
  [{ TOKEN: 'mine' }, undefined, 'mine'],
  [{ TOKEN: ' ' }, undefined, 'of-the-file'],
])('with %j and profile %s, the variable is %s, and hidden', (env, profile, token) => {
  const { problems, config } = readProfile(env, profile);
  expect(problems).toEqual([]);
  expect(config!.sourceSecrets).toEqual(['acme', 'k-123', token]);
});

test('secrets that were typed into an entry are hidden like variables', () => {
  const { secrets } = read(`sources:
  notes: { type: api, url: http://a.test, auth: { bearer: geheim }, item: { external_id: id, title: t } }`);
  expect(secrets).toEqual(['geheim']);
});

test('a mistake in sources.yaml is no reason to ask for a feed', () => {
  writeFileSync(join(folder, '.env'), 'MYSQL_DATABASE=d\nMYSQL_USER=u\n');
  writeFileSync(join(folder, 'sources.yaml'), 'sources:\n  notes: { type: apy }\n');
  const { problems } = readConfig(registry, { cwd: () => folder }, {}, kinds);
  expect(problems).toEqual([
    expect.stringMatching(/line 2: notes\.type must be one of: .*; did you mean api\?$/),
  ]);
});
