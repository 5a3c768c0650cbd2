import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { itemsSetting, letFilesSettle, newsEntry } from '../helpers/items-e2e.ts';

/** Two sources of three lines each: one is mapped by fields that no line has, the other has one line without a title. */
async function mistakenSetting() {
  const setting = await itemsSetting();
  const { files, configure } = setting;
  writeFileSync(join(files, 'wrong.csv'), 'No,Name\n1,a\n2,b\n3,c\n');
  writeFileSync(join(files, 'right.csv'), 'No,Name\n1,a\n2,\n3,c\n');
  letFilesSettle(setting);
  configure({
    right: { type: 'csv', path: join(files, 'right.csv'), item: { external_id: 'No', title: 'Name' } },
    wrong: { type: 'csv', path: join(files, 'wrong.csv'), item: { external_id: 'id', title: 'title' } },
  });
  return setting;
}

test('a file of which no record has the mapped id fails, and names the command that shows why', async () => {
  const { run } = await mistakenSetting();
  const ended = await run('sync');
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(/^trestle-etl: wrong: .*\b3\b.*trestle-etl quarantine list --source wrong/);
  const list = await run('quarantine', 'list', '--source', 'wrong');
  expect(list.stdout).toContain('external_id');
});

test('without a feed, quarantine counts what each source has, and changes none that is not named', async () => {
  const { run, db, configure, items } = await mistakenSetting();
  await run('sync');
  const { code, stdout } = await run('quarantine', 'list');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^right: 1 .*trestle-etl quarantine list --source right$/),
    expect.stringMatching(/^wrong: 3 .*trestle-etl quarantine list --source wrong$/),
  ]);
  for (const args of [
    ['purge', '--all'],
    ['replay', '--all'],
    ['show', '2'],
    ['list', '--json'],
  ]) {
    const refused = await run('quarantine', ...args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--source');
  }
  expect(await db.query('SELECT COUNT(*) AS n FROM raw_data WHERE processed = 0')).toEqual([{ n: '4' }]);
  expect(await run('quarantine', 'purge', '--all', '--source', 'right')).toMatchObject({ code: 0 });
  expect((await run('quarantine', 'list')).stdout).toMatch(/^wrong: 3 [^\n]*\n$/);
  // `sources` reports what is stored of a source that was removed from sources.yaml.
  configure({ news: newsEntry(items), more: newsEntry(items) });
  expect((await run('quarantine', 'list')).stdout).not.toContain('wrong');
});
