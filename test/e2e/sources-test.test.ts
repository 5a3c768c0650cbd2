import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { itemsFor, notesEntry, sourcesFolder } from '../helpers/item-sources.ts';

describe('sources test', () => {
  test('shows records beside items, the pages, and what is missing, without a database', async () => {
    const sandbox = await itemsFor({ records: 70 });
    const item = {
      external_id: 'id',
      title: 'title',
      amount: 'amount',
      category: 'topic',
      published_at: 'reviewed_at',
    };
    const { run } = sourcesFolder({ notes: notesEntry(sandbox, { item }) });
    const ended = await run('sources', 'test', 'notes');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^notes \(api\): 40 .*\b40 items/);
    expect(ended.stdout).toMatch(
      /page 1: 20 records; ids start with 1, 2, 3\n.*page 2: 20 records; ids start with 21, 22, 23/,
    );
    expect(ended.stdout.match(/^Record \d/gm)).toEqual(['Record 1', 'Record 2', 'Record 3']);
    expect(ended.stdout).toMatch(/^ +no record has category\b.*\(item\)/m);
    expect(ended.stdout).toMatch(/40 {2}category/);
    const table = ended.stdout.split('Records without')[0]!.split('\n').slice(3);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
    expect(sandbox.requests).toHaveLength(2);
  });

  test('never shows a secret, even if the server sends it back', async () => {
    const sandbox = await itemsFor({ records: 0 });
    sandbox.collection('notes').insert({ title: 'the key is s3cret-value-1' });
    const entry = notesEntry(sandbox, { auth: { header: 'X-Key', value: '${NOTES_KEY}' } });
    const { run } = sourcesFolder({ notes: entry }, undefined, { NOTES_KEY: 's3cret-value-1' });
    const ended = await run('sources', 'test', 'notes');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('the key is');
    expect(ended.stdout + ended.stderr).not.toContain('s3cret-value-1');
  });

  test('warns about an offset without an order, and about a second page with ids of the first', async () => {
    const sandbox = await itemsFor({ records: 50 });
    const url = `${sandbox.url}/api/notes/offset`;
    const page = { offset: 'offset', from: '0', size: '20', size_param: 'limit' };
    const { run } = sourcesFolder({ notes: notesEntry(sandbox, { url, page }) });
    const ended = await run('sources', 'test', 'notes');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/Warnings:\n.*offset without an order/);
  });

  test('fails with the reason if no record can be an item, after it showed the records', async () => {
    const sandbox = await itemsFor({ records: 5 });
    const { run } = sourcesFolder({
      notes: notesEntry(sandbox, { item: { external_id: 'id', title: 'headline' } }),
    });
    const ended = await run('sources', 'test', 'notes');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('Not an item');
    expect(ended.stdout).toContain('5  title is empty');
    expect(ended.stderr).toMatch(/none of 5 records can be an item: title is empty/);
    expect(ended.stderr).toContain('correct item of notes in sources.yaml');
  });

  test('shows the first page if the second one fails, and keeps the exit code of the failure', async () => {
    const sandbox = await itemsFor({ records: 70 });
    sandbox.faults.add({ kind: 'status', status: 401, skip: 1 });
    const { run } = sourcesFolder({ notes: notesEntry(sandbox) });
    const ended = await run('sources', 'test', 'notes');
    expect(ended.code).toBe(77);
    expect(ended.stdout).toMatch(/^notes \(api\): 20 .*\b20 items/);
  });

  test('reads CSV files and feeds too', async () => {
    const sandbox = await itemsFor({ records: 6 });
    const { run, folder } = sourcesFolder({
      news: { type: 'rss', url: `${sandbox.url}/feeds/rss.xml` },
      roster: {
        type: 'csv',
        path: 'roster.csv',
        item: {
          external_id: 'No',
          title: '{First} {Last}',
          published_at: { from: 'Hired', format: 'MM/dd/yyyy' },
        },
      },
    });
    const file = join(folder, 'roster.csv');
    writeFileSync(file, 'No,First,Last,Hired\n007,Ann,Ash,02/03/2024\n008,Bob,Birch,31/12/2024\n');
    const past = new Date(Date.now() - 60_000);
    utimesSync(file, past, past);
    const news = await run('sources', 'test', 'news');
    expect(news).toMatchObject({ code: 0, stderr: '' });
    expect(news.stdout).toMatch(/^news \(rss\): 6 .*\b6 items/);
    const roster = await run('sources', 'test', 'roster');
    expect(roster).toMatchObject({ code: 0, stderr: '' });
    expect(roster.stdout).toMatch(/No: 007 +external_id: 007\nFirst: Ann +title: Ann Ash/);
    expect(roster.stdout).toContain('1  published_at is not a date with the format MM/dd/yyyy');
    rmSync(file);
    const gone = await run('sources', 'test', 'roster');
    expect(gone.code).toBe(78);
    expect(gone.stderr).toContain('roster');
  });

  test('reports an expression that is none with its line; a field of this name is no expression', async () => {
    const sandbox = await itemsFor({ records: 0 });
    sandbox.collection('notes').insert({ title: 'one', 'Cost (USD': '12.50' });
    const { run, configure } = sourcesFolder({});
    const map = (amount: string) =>
      configure({
        notes: notesEntry(sandbox, { item: { external_id: 'id', title: '{title}, {link[0}', amount } }),
      });
    map('Cost (USD');
    const ended = await run('sources', 'test', 'notes');
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toMatch(/sources\.yaml line \d+: notes\.item\.title: "link\[0" /);
    expect(ended.stderr).not.toContain('item.amount');
    configure({
      notes: notesEntry(sandbox, { item: { external_id: 'id', title: 'title', amount: 'Cost (USD' } }),
    });
    const right = await run('sources', 'test', 'notes');
    expect(right).toMatchObject({ code: 0 });
    expect(right.stdout).toContain('amount: 12.5');
  });

  test('names the documents about sources.yaml if only that file is wrong', async () => {
    const sandbox = await itemsFor({ records: 0 });
    const { run } = sourcesFolder({ notes: notesEntry(sandbox, { evry: '1h' }) });
    const ended = await run('sources', 'test', 'notes');
    expect(ended).toMatchObject({ code: 78 });
    expect(ended.stderr.split(' — ')[1]).toContain('docs/items.md');
  });

  test('refuses a source that has no items', async () => {
    const sandbox = await itemsFor({ records: 1 });
    const { run } = sourcesFolder({ notes: notesEntry(sandbox) });
    const unknown = await run('sources', 'test', 'nots');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('the sources are notes');
  });
});
