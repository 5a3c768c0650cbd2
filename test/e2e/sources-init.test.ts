import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSourcesFile } from '../../src/config/sources-file.ts';
import { parseYaml } from '../../src/lib/yaml.ts';
import { kinds } from '../../src/sources/registry.ts';
import { trestle } from '../helpers/cli.ts';
import { itemsFor, sourcesFolder } from '../helpers/item-sources.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Reads what `sources init` printed with our own schema. @returns its one entry. */
function parseEntry(text: string): Entry {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'sources.yaml'), text);
  const { problems, definitions } = readSourcesFile({
    path: undefined,
    folder,
    kinds,
    taken: [],
    lookUp: () => undefined,
  });
  expect(problems).toEqual([]);
  expect(definitions).toHaveLength(1);
  const { sources } = parseYaml(text, 'failsafe').value as { sources: Record<string, Entry> };
  return sources[definitions[0]!.id]!;
}

/** An empty folder: a new user has no configuration yet. */
async function init(...args: string[]): Promise<Entry> {
  const ended = await trestle(temporaryFolder(), ['sources', 'init', ...args]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return parseEntry(ended.stdout);
}

describe('sources init', () => {
  test.each([
    [
      'number?page=1&size=20',
      { number: 'page', size: '20', size_param: 'size', total: 'total', more: 'has_more' },
    ],
    ['offset?limit=20', { offset: 'offset', size: '20', size_param: 'limit', total: 'total' }],
    ['cursor?limit=20', { cursor: 'meta.next_cursor', param: 'cursor', more: 'meta.has_more' }],
    ['next?limit=20', { next: 'next' }],
    ['link?per_page=20', { link: 'next' }],
  ])('finds the pages of %s, and maps the fields', async (path, page) => {
    const sandbox = await itemsFor({ records: 70 });
    const entry = await init('api', `${sandbox.url}/api/notes/${path}`);
    expect(entry).toMatchObject({
      type: 'api',
      page,
      item: { external_id: 'id', title: 'title', url: 'link', amount: 'amount', description: 'body' },
    });
    expect(sandbox.requests).toHaveLength(1);
  });

  test('finds a list under an unusual name, and no page if there is no sign of one', async () => {
    const sandbox = await itemsFor({ records: 3 });
    const all = await init('api', `${sandbox.url}/api/notes/all`);
    expect(all).not.toHaveProperty('page');
    const folder = temporaryFolder();
    const file = join(folder, 'list.json');
    writeFileSync(file, JSON.stringify({ answer: { rows: [{ id: 1, name: 'one' }] } }));
    expect(await init('api', file)).toMatchObject({ path: file, records: 'answer.rows' });
  });

  test('maps a CSV file: a name of two fields, and dates with a format', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'roster.csv');
    const rows = ['07;Ann;Ash;03/14/2024;1.250,50', '08;Bob;Birch;11/02/2023;900,00'];
    writeFileSync(file, ['License No;First Name;Last Name;Hired;Total', ...rows, ''].join('\n'));
    const past = new Date(Date.now() - 60_000);
    utimesSync(file, past, past);
    expect(await init('csv', file)).toMatchObject({
      type: 'csv',
      path: file,
      item: {
        external_id: 'License No',
        title: '{First Name} {Last Name}',
        published_at: { from: 'Hired', format: 'MM/dd/yyyy' },
        amount: { from: 'Total', decimal: ',' },
      },
    });
  });

  test('needs no mapping for a feed, and refuses a page of HTML', async () => {
    const sandbox = await itemsFor({ records: 5 });
    const url = `${sandbox.url}/feeds/rss.xml`;
    expect(await init('rss', url, '--name', 'local_news')).toEqual({ type: 'rss', url, every: '1h' });
    sandbox.faults.add({ kind: 'html' });
    const ended = await trestle(temporaryFolder(), ['sources', 'init', 'rss', url]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
  });

  test('writes nothing unless --write is set; then the entry works at once', async () => {
    const sandbox = await itemsFor({ records: 30 });
    const { folder, run } = sourcesFolder({});
    const file = join(folder, 'sources.yaml');
    writeFileSync(
      file,
      '# my sources\nsources:\n    old:   # four spaces\n        type: rss\n        url: https://a.example/f\n',
    );
    const before = readFileSync(file, 'utf8');
    const url = `${sandbox.url}/api/notes/number?size=20`;
    expect(await run('sources', 'init', 'api', url)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toBe(before);
    const written = await run('sources', 'init', 'api', url, '--name', 'notes', '--write');
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain('Next: trestle-etl sources test notes');
    expect(readFileSync(file, 'utf8').startsWith(`${before}    notes:\n`)).toBe(true);
    const tested = await run('sources', 'test', 'notes');
    expect(tested).toMatchObject({ code: 0, stderr: '' });
    expect(tested.stdout).toContain('30 records read, 30 items');

    const again = await run('sources', 'init', 'api', url, '--name', 'notes', '--write');
    expect(again).toMatchObject({ code: 2 });
    expect(again.stdout).toContain('notes:');
    expect(again.stderr).toContain('--name');
  });

  test('creates sources.yaml if there is none, and does not touch one in another style', async () => {
    const sandbox = await itemsFor({ records: 5 });
    const url = `${sandbox.url}/feeds/rss.xml`;
    const folder = temporaryFolder();
    expect(await trestle(folder, ['sources', 'init', 'rss', url, '--write'])).toMatchObject({ code: 0 });
    const file = join(folder, 'sources.yaml');
    expect(parseEntry(readFileSync(file, 'utf8'))).toMatchObject({ type: 'rss', url });
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\/.*\/sources\.schema\.json\n/,
    );

    const flow = JSON.stringify({ sources: { old: { type: 'rss', url } } });
    writeFileSync(file, flow);
    const refused = await trestle(folder, ['sources', 'init', 'rss', url, '--name', 'news', '--write']);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stdout).toContain('news:\n');
    expect(refused.stderr).toContain('paste the entry above');
    expect(readFileSync(file, 'utf8')).toBe(flow);
  });

  test.each([
    ['api', '/api/notes/all', []],
    ['rss', '/feeds/rss.xml', []],
    ['csv', '/api/notes/none', []],
  ])('never prints a key of the address: %s', async (type, path) => {
    const sandbox = await itemsFor({ records: 3 });
    const { folder, run } = sourcesFolder({});
    const file = join(folder, 'sources.yaml');
    rmSync(file);
    const url = `${sandbox.url}${path}?key=s3cret-1&client=a`.replace('//', '//me:s3cret-2@');
    const printed = await run('sources', 'init', type, url, '--name', 'notes');
    const written = await run('sources', 'init', type, url, '--name', 'notes', '--write');
    const yaml = existsSync(file) ? readFileSync(file, 'utf8') : '';
    for (const text of [printed.stdout, printed.stderr, written.stdout, written.stderr, yaml])
      expect(text).not.toContain('s3cret');
    if (type === 'csv') {
      expect([printed.code, written.code]).not.toContain(0);
      return;
    }
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toMatch(/NOTES_PASSWORD[^]*NOTES_KEY/);
    writeFileSync(
      join(folder, '.env'),
      `${readFileSync(join(folder, '.env'), 'utf8')}NOTES_USER=me\nNOTES_PASSWORD=s3cret-2\nNOTES_KEY=s3cret-1\n`,
    );
    const tested = await run('sources', 'test', 'notes');
    expect(tested).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests.at(-1)!.query).toContain('key=s3cret-1');
  });

  test('gives advice for a source that has no entry yet', async () => {
    const sandbox = await itemsFor({ records: 3 });
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.csv'), 'No;Name,First\n1;a,b\n');
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(folder, 'a.csv'), past, past);
    const hints: string[] = [];
    let message = '';
    for (const [type, target] of [
      ['csv', 'a.csv'],
      ['csv', 'b.csv'],
      ['rss', `${sandbox.url}/nothing`],
      ['api', `${sandbox.url}/nothing`],
      ['api', `${sandbox.url}/fred/series/observations`],
    ] as const) {
      const ended = await trestle(folder, ['sources', 'init', type, target]);
      expect(ended.code).not.toBe(0);
      const [text = '', hint = ''] = ended.stderr.split(' — ');
      message = text;
      hints.push(hint.trim());
    }
    expect(hints).toEqual([
      expect.stringMatching(/^write its entry by hand, and set delimiter/),
      'check the path',
      expect.stringMatching(/^check the address/),
      expect.stringMatching(/^check the address/),
      expect.stringMatching(/parameters/),
    ]);
    // The reason is in `error_message`, as FRED sends it.
    expect(message).toMatch(/answered 400: .*api_key/);
  });

  test('refuses a name that a source cannot have, and a feed without an address', async () => {
    const folder = temporaryFolder();
    const name = await trestle(folder, ['sources', 'init', 'csv', 'a.csv', '--name', 'Not a name']);
    expect(name).toMatchObject({ code: 2 });
    expect(await trestle(folder, ['sources', 'init', 'rss', 'feed.xml'])).toMatchObject({ code: 2 });
  });
});
