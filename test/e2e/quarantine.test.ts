import { expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

/** Puts a record's text into quarantine, as an older tool with stricter rules would have. */
async function hold({ db }: Pipeline, key: string, raw: string, version: string): Promise<void> {
  await db.query(
    'INSERT INTO etl_quarantine (resource, record_key, version_timestamp, raw, reasons, run_id, first_seen, last_seen, times_seen) ' +
      'VALUES ("Property", ?, ?, ?, ?, 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 3)',
    [key, version, raw, JSON.stringify([{ field: 'City', rule: 'was too long', value: 'x' }])],
  );
}

test('promise 5: a replay loads what is good by now, never over a newer row, and keeps what is still bad', async () => {
  const all = await pipeline({ listings: 60 });
  const { sandbox, db, run } = all;
  await run({ resources: [property] });
  const [bad] = sandbox.feed.corrupt(1);
  await run({ resources: [property] });
  const [gone, changed] = [...sandbox.feed.records('Property')].filter(
    (record) => record['ListingKey'] !== bad,
  );
  const goneKey = readText(gone!, 'ListingKey');
  await db.query('DELETE FROM properties WHERE listing_key = ?', [goneKey]);
  await hold(all, goneKey, sandbox.feed.serveText('Property', gone!), '2020-01-01');
  const changedKey = readText(changed!, 'ListingKey');
  const old = { ...changed!, City: 'Yesteryear', ModificationTimestamp: '2020-01-01T00:00:00.000-00:00' };
  await hold(all, changedKey, sandbox.feed.serveText('Property', old), '2020-01-01');

  // Older rules said something else of what is bad.
  const reasonsOf = async () =>
    (
      await db.query<{ reasons: string }>('SELECT reasons FROM etl_quarantine WHERE record_key = ?', [bad!])
    )[0];
  const reasons = await reasonsOf();
  await db.query('UPDATE etl_quarantine SET reasons = "[]" WHERE record_key = ?', [bad!]);

  const folder = configured(sandbox, db);
  const ended = await trestle(folder, ['quarantine', 'replay', '--all']);
  expect(ended).toMatchObject({
    code: 0,
    stdout: '2 are valid now and left quarantine, 1 are still invalid\n',
    stderr: '',
  });
  expect(await expectParity(sandbox, db, property, new Set([bad!]))).toBe(59);
  expect(await db.query('SELECT record_key, times_seen FROM etl_quarantine')).toEqual([
    { record_key: bad, times_seen: '1' },
  ]);
  expect(await reasonsOf()).toEqual(reasons);
  const [log] = await db.query<Record<string, string>>("SELECT * FROM etl_sync_log WHERE mode = 'replay'");
  expect(log).toMatchObject({
    status: 'partial',
    records_inserted: '1',
    records_older: '1',
    records_processed: '2',
  });
});

test('a replay of media updates their reasons too; the next sync fetches their set again', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 5 });
  await run();
  const [medium] = [...sandbox.feed.records('Media')];
  const [key, parent] = [readText(medium!, 'MediaKey'), readText(medium!, 'ResourceRecordKey')];
  const raw = sandbox.feed.serveText('Media', { ...medium!, ModificationTimestamp: 'never' });
  await db.query(
    'INSERT INTO etl_quarantine (resource, record_key, parent_key, raw, reasons, run_id, first_seen, last_seen, times_seen) ' +
      'VALUES ("Media", ?, ?, ?, "[]", 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 1)',
    [key, parent, raw],
  );
  const folder = configured(sandbox, db);
  expect(await trestle(folder, ['quarantine', 'replay', '--all'])).toMatchObject({ code: 0 });
  const [held] = await db.query<{ reasons: string }>('SELECT reasons FROM etl_quarantine');
  expect(JSON.parse(held!.reasons)).toEqual([expect.objectContaining({ field: 'ModificationTimestamp' })]);
  await run();
  expect(await db.query('SELECT record_key FROM etl_quarantine')).toEqual([]);
});

test('quarantine list and show tell what is wrong; purge forgets', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 40 }, freshDatabase);
  const folder = configured(sandbox, db);
  expect(await trestle(folder, ['quarantine', 'list'])).toMatchObject({
    code: 0,
    stdout: 'there are no tables yet\n',
  });
  const spoiled = sandbox.feed.corrupt(3);
  await run({ resources: [property] });
  const list = await trestle(folder, ['quarantine', 'list']);
  for (const key of spoiled) expect(list.stdout).toContain(key);
  const json = JSON.parse((await trestle(folder, ['quarantine', 'list', '--json'])).stdout) as {
    key: string;
  }[];
  expect(json.map((entry) => entry.key).sort()).toEqual([...spoiled].sort());
  const shown = await trestle(folder, ['quarantine', 'show', spoiled[0]!]);
  expect(shown.stdout).toContain(
    sandbox.feed.serveText('Property', sandbox.feed.get('Property', spoiled[0]!)!),
  );
  expect(await trestle(folder, ['quarantine', 'list', 'Property'])).toMatchObject({ code: 2, stdout: '' });
  expect(await trestle(folder, ['quarantine', 'show', 'nothing'])).toMatchObject({ code: 2, stdout: '' });
  expect(await trestle(folder, ['quarantine', 'replay', 'nothing'])).toMatchObject({ code: 2 });
  expect(await trestle(folder, ['quarantine', 'purge'])).toMatchObject({ code: 2 });
  expect((await trestle(folder, ['quarantine', 'purge', spoiled[0]!])).stdout).toMatch(/^1 deleted/);
  expect((await trestle(folder, ['quarantine', 'purge', '--all'])).stdout).toMatch(/^2 deleted/);
  expect(await trestle(folder, ['quarantine', 'list'])).toMatchObject({
    stdout: 'quarantine is empty\n',
  });
});

test('promise 5: rows that the server itself refuses are found by halves and put aside; the others are loaded', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 250 });
  await trestle(configured(sandbox, db), ['migrate']);
  const keys = [...sandbox.feed.records('Property')].map((record) => readText(record, 'ListingKey'));
  const refused = [keys[3]!, keys[4]!, keys[120]!, keys[249]!];
  // A person's own trigger, say.
  await db.query(
    'CREATE TRIGGER picky BEFORE INSERT ON properties FOR EACH ROW BEGIN ' +
      `IF NEW.listing_key IN (${refused.map((key) => `'${key}'`).join(', ')}) THEN ` +
      "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not in my database'; END IF; END",
  );
  const outcome = await run({ resources: [property] });
  expect(outcome).toMatchObject({
    status: 'partial',
    totals: { processed: 250, inserted: 246, rejected: 4 },
  });
  const held = await db.query<{ record_key: string; reasons: string }>(
    'SELECT record_key, reasons FROM etl_quarantine',
  );
  expect(held.map((row) => row.record_key).sort()).toEqual([...refused].sort());
  expect(held.every((row) => row.reasons.includes('not in my database'))).toBe(true);
  expect(await expectParity(sandbox, db, property, new Set(refused))).toBe(246);
  expect((await trestle(configured(sandbox, db), ['quarantine', 'replay', '--all'])).stdout).toBe(
    '0 are valid now and left quarantine, 4 are still invalid\n',
  );
  await db.query('DROP TRIGGER picky');
  expect((await trestle(configured(sandbox, db), ['quarantine', 'replay', '--all'])).stdout).toMatch(
    /^4 are valid now/,
  );
  expect(await expectParity(sandbox, db, property)).toBe(250);
});

test('a table that refuses every row fails the run, and the feed is not passed', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 250 });
  await trestle(configured(sandbox, db), ['migrate']);
  await db.query('ALTER TABLE properties ADD COLUMN mine INT NOT NULL');
  await expect(run({ resources: [property] })).rejects.toThrow(/row after row/);
  expect(await db.query('SELECT * FROM etl_quarantine')).toEqual([]);
  expect(
    await db.query('SELECT cursor_timestamp FROM etl_watermark WHERE cursor_timestamp IS NOT NULL'),
  ).toEqual([]);
  await db.query('ALTER TABLE properties DROP COLUMN mine');
  await run({ resources: [property] });
  expect(await expectParity(sandbox, db, property)).toBe(250);
});
