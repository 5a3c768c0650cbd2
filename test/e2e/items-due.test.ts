import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SourceReport } from '../../src/report/source-report.ts';
import { itemsFor, notesEntry, sourcesFolder } from '../helpers/item-sources.ts';
import { itemsSetting, letFilesSettle, rosterEntry } from '../helpers/items-e2e.ts';
import { localServer } from '../sources/items/local-server.ts';
import { migratedDatabase } from '../helpers/template.ts';

const countItems = 'SELECT COUNT(*) AS n FROM unified_items';

test('a file that is still being written is read by the next sync, not only after `every`', async () => {
  const { run, files, db, configure } = await itemsSetting();
  const entry = { ...rosterEntry(files), path: join(files, 'late.csv'), every: '7d' };
  configure({ roster: entry });
  writeFileSync(join(files, 'late.csv'), 'License No,First Name,Last Name,Office,Volume\n1,A,B,C,1\n');
  expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
  expect(await db.query(countItems)).toEqual([{ n: '0' }]);
  letFilesSettle({ files });
  expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
  expect(await db.query(countItems)).toEqual([{ n: '1' }]);
  const [report] = JSON.parse((await run('sources', '--json')).stdout) as SourceReport[];
  expect(Date.parse(report!.dueAt!) - Date.now()).toBeGreaterThan(6 * 86_400_000);
});

test('a source whose run ended before its end resumes with the next sync', async () => {
  const sandbox = await itemsFor({ records: 50 });
  const db = await migratedDatabase();
  const { run } = sourcesFolder({ notes: notesEntry(sandbox) }, db.env);
  expect(await run('sync', 'notes', '--max-pages', '1')).toMatchObject({ code: 0 });
  expect(await db.query(countItems)).toEqual([{ n: '20' }]);
  expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
  expect(await db.query(countItems)).toEqual([{ n: '50' }]);
  sandbox.requests.splice(0);
  expect(await run('sync')).toMatchObject({ code: 0 });
  expect(sandbox.requests).toEqual([]);
});

test('promise 32: a feed that wants a longer pause than `every` gets it, unless a user names it', async () => {
  const body =
    '<rss version="2.0"><channel><title>t</title><ttl>600</ttl><item><title>a</title><guid>1</guid></item></channel></rss>';
  const server = await localServer({ headers: { 'content-type': 'application/rss+xml' }, body });
  const db = await migratedDatabase();
  const { run } = sourcesFolder({ news: { type: 'rss', url: `${server.url}/`, every: '1s' } }, db.env);
  expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
  expect(server.received).toHaveLength(1);
  expect(await run('sync', 'news')).toMatchObject({ code: 0, stderr: '' });
  expect(server.received).toHaveLength(2);
});
