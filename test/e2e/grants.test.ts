import { beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, type Ended, trestle } from '../helpers/cli.ts';
import { documentedGrant, type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

/** What is needed before there are tables, and then no more. */
const MAKING = new Set(['CREATE', 'ALTER', 'CREATE VIEW']);

const documented = rightsIn(documentedGrant());
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 80 });
});

/** `GRANT A, B ON …` → A, B. */
function rightsIn(grant: string): string[] {
  return /^GRANT (.+) ON /.exec(grant)![1]!.split(', ').sort();
}

async function revoke(db: FreshDatabase, right: string): Promise<void> {
  await db.query(`REVOKE ${right} ON \`${db.name.replaceAll('_', '\\_')}\`.* FROM '${db.user}'@'%'`);
}

/** Has a set lose a photo, so that a run must delete. */
function takePhoto(): void {
  for (const record of sandbox.feed.records('Property')) {
    const key = readText(record, 'ListingKey');
    const photo = [...sandbox.feed.records('Media')].find((medium) => medium['ResourceRecordKey'] === key);
    if (photo === undefined) continue;
    sandbox.feed.remove('Media', readText(photo, 'MediaKey'));
    const at = new Date().toISOString();
    const count = Number(record['PhotosCount']) - 1;
    const moved = { ModificationTimestamp: at, PhotosChangeTimestamp: at, PhotosCount: count };
    sandbox.feed.put('Property', { ...record, ...moved });
    return;
  }
}

test('the user that the tests make has the rights that docs/database.md lists, and no others', async () => {
  const db = await freshDatabase();
  const shown = await db.query(`SHOW GRANTS FOR '${db.user}'@'%'`);
  const grants = shown.flatMap((row) => Object.values(row)).map(String);
  expect(grants.filter((grant) => !grant.startsWith('GRANT USAGE ON *.*'))).toHaveLength(1);
  expect(rightsIn(grants.at(-1)!)).toEqual(documented);
  expect(grants.at(-1)).toContain('`.*');
});

test('the documented rights are enough for every command, and CREATE, ALTER and CREATE VIEW are needed by migrate only', async () => {
  const db = await freshDatabase();
  const folder = configured(sandbox, db, { PAGE_SIZE: '50' });
  const passes = async (...args: string[]): Promise<Ended> => {
    const ended = await trestle(folder, args);
    expect({ args, ...ended }).toMatchObject({ args, code: 0, stderr: '' });
    return ended;
  };
  await passes('migrate');
  await revoke(db, 'CREATE');
  await revoke(db, 'ALTER');
  await revoke(db, 'CREATE VIEW');
  await passes('migrate');
  await passes('full-load');
  sandbox.feed.changePhotos(10);
  takePhoto();
  const [bad] = sandbox.feed.corrupt(1);
  await passes('sync');
  expect((await passes('quarantine', 'list')).stdout).toContain(bad);
  await passes('quarantine', 'show', bad!);
  await passes('quarantine', 'replay', bad!);
  expect((await passes('quarantine', 'purge', '--all')).stdout).toContain('1 deleted');
  sandbox.feed.remove('Property', bad!);
  sandbox.feed.removeListings(1);
  await passes('reconcile', '--dry-run');
  await passes('reconcile');
  const [{ run } = { run: '' }] = await db.query<{ run: string }>(
    'SELECT MAX(run_id) AS run FROM etl_deletion',
  );
  expect((await passes('undelete', '--run', run)).stdout).toContain('2 restored');
  await passes('reconcile', '--hard');
  expect(await db.query('SELECT listing_key FROM properties WHERE deleted_at IS NOT NULL')).toEqual([]);
  await passes('full-load', '--strategy', 'replication', '--restart');
  await passes('verify');
  await passes('why', readText([...sandbox.feed.records('Property')][0]!, 'ListingKey'));
  await passes('status');
});

test.each(documented)('without %s a run says so, and exits with 78', async (right) => {
  const db = await freshDatabase();
  const folder = configured(sandbox, db);
  if (!MAKING.has(right)) {
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
    takePhoto();
  }
  await revoke(db, right);
  const ended = await trestle(folder, ['sync']);
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr).toContain(`the database user lacks a right: ${right} command denied`);
  expect(ended.stderr).toContain('docs/database.md');
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});
