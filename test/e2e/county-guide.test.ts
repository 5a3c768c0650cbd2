import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { read } from '../docs/documents.ts';
import { trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const page = read('docs/county-files.md');
const guide = page.split('\n## Your own county in ten minutes\n')[1]!.split('\n## ')[0]!;

/** The code blocks of the guide in a language, in their order. */
function blocks(language: string): string[] {
  return [...guide.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter(([, found]) => found === language)
    .map(([, , text]) => text!);
}

const [layout = '', sources = ''] = blocks('yaml');
const [accounts = '', shown = ''] = blocks('');
const FILE = 'files/accounts.txt';

let db: FreshDatabase;
let folder: string;

const run = (...args: string[]) => trestle(folder, args);
const owners = () => db.query('SELECT account, owner FROM pine_accounts ORDER BY account');

beforeAll(async () => {
  db = await freshDatabase();
  const [, grant = ''] = /^(GRANT DROP ON) trestle\.\* TO 'trestle'@'localhost';$/m.exec(page) ?? [];
  // As in the helper's own GRANT: the server adds up only rights on databases that are spelled alike.
  await db.query(`${grant} \`${db.name.replaceAll('_', '\\_')}\`.* TO '${db.user}'@'%'`);
  folder = temporaryFolder();
  const env = Object.entries(db.env).map(([name, value]) => `${name}="${value}"\n`);
  mkdirSync(join(folder, 'files'));
  for (const [name, text] of Object.entries({
    '.env': env.join(''),
    'pine.yaml': layout,
    'sources.yaml': sources,
    [FILE]: accounts,
  }))
    writeFileSync(join(folder, name), text);
});

describe('the county of docs/county-files.md', () => {
  test('is imported with the rights and the commands that the page has, without a feed', async () => {
    expect(await run('sync', 'pine', '--from', join(folder, 'files'))).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const { stdout } = await run('releases', 'pine');
    expect(stdout.replace(/published \d[-\d]+ [\d:]+ UTC/, 'published 2026-03-19 22:00 UTC')).toBe(shown);
    expect(
      await db.query(
        'SELECT account, owner, street_number, market_value, year_built FROM v_parcels WHERE source = ? ORDER BY account',
        ['pine'],
      ),
    ).toEqual([
      row('00000012', 'HILL, ANN', '120', '310000', 1978),
      row('00000013', 'OAK RANCH LLC', null, '95000', null),
      row('00000014', '"LUCKY" LUKE', '124', null, 1994),
    ]);
    expect(await db.query('SELECT line_no, reason, raw FROM etl_import_reject')).toEqual([
      { line_no: '4', reason: 'too-many-fields', raw: accounts.trimEnd().split('\n').at(-1) },
    ]);
  });

  test('promise 23: a release takes the place of the last one, and rollback returns it', async () => {
    const before = await owners();
    const text = readFileSync(join(folder, FILE), 'utf8');
    writeFileSync(join(folder, FILE), text.replace('PINE|OAK', 'PINE OAK'));
    await db.query('START TRANSACTION');
    await db.query('SELECT COUNT(*) FROM properties');
    expect(await run('sync', 'pine', '--from', join(folder, 'files'))).toMatchObject({ code: 0, stderr: '' });
    // This transaction is older than the release: the page promises an error instead of a mix.
    await expect(owners()).rejects.toMatchObject({ errno: 1412 });
    await db.query('COMMIT');
    expect(await owners()).toEqual([...before, { account: '00000015', owner: 'PINE OAK LLC' }]);

    expect(await run('rollback', 'pine')).toMatchObject({ code: 0, stderr: '' });
    expect(await owners()).toEqual(before);
    expect(await run('rollback', 'pine')).toMatchObject({ code: 2 });
    expect(await owners()).toEqual(before);
  });

  test('is not loaded again after a rollback until its file changes', async () => {
    const before = await owners();
    expect(await run('sync', 'pine', '--from', join(folder, 'files'))).toMatchObject({ code: 0, stderr: '' });
    expect(await owners()).toEqual(before);
    const text = readFileSync(join(folder, FILE), 'utf8');
    writeFileSync(join(folder, FILE), text.replace('HILL, ANN', 'HILL, BEN'));
    expect((await run('sync', 'pine', '--from', join(folder, 'files'), '--dry-run')).stdout).toContain(
      'pine: would load pine_accounts',
    );
    expect(await owners()).toEqual(before);
    expect(await run('sync', 'pine', '--from', join(folder, 'files'))).toMatchObject({ code: 0, stderr: '' });
    expect((await owners())[0]).toEqual({ account: '00000012', owner: 'HILL, BEN' });
  });
});

function row(
  account: string,
  owner: string,
  number: string | null,
  value: string | null,
  year: number | null,
) {
  return { account, owner, street_number: number, market_value: value, year_built: year };
}

test('promise 25: two files of a table without a key are refused, because their lines would have the same numbers', async () => {
  writeFileSync(
    join(folder, 'oak.yaml'),
    layout
      .replace('name: pine', 'name: oak')
      .replace('member: accounts.txt', "member: 'part_*.txt'")
      .replace(/^ {4}key: .*\n/m, '')
      .replace(/^parcels:[\s\S]*/m, ''),
  );
  writeFileSync(
    join(folder, 'sources.yaml'),
    'sources:\n  oak: { type: county, layout: oak.yaml, year: 2026 }\n',
  );
  mkdirSync(join(folder, 'parts'));
  for (const part of ['part_1.txt', 'part_2.txt']) writeFileSync(join(folder, 'parts', part), accounts);
  const { code, stderr } = await run('sync', 'oak', '--from', join(folder, 'parts'));
  expect({
    code,
    names: /part_1\.txt, part_2\.txt/.test(stderr),
    hint: /give the table a key/.test(stderr),
  }).toEqual({
    code: 78,
    names: true,
    hint: true,
  });
});
