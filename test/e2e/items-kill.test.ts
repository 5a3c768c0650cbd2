import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { letLockPass } from '../helpers/county.ts';
import {
  type ItemsSetting,
  itemsSetting,
  letFilesSettle,
  newsEntry,
  permitsEntry,
  rosterEntry,
} from '../helpers/items-e2e.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

/** `ITEMS_KILLS=20 npm run test:slow -- test/e2e/items-kill.test.ts` kills more often. */
const KILLS = Number(process.env['ITEMS_KILLS'] ?? 6);
const SOURCES = ['permits', 'roster', 'news'];
const PAGE = 100;
const DELAY_MS = 60;

/** Ends a sync of all sources after some time. @returns whether it had not ended by itself. */
async function kill(setting: ItemsSetting, ms: number): Promise<boolean> {
  const { child, ended } = start(setting.folder, ['sync']);
  await Promise.race([ended, wait(ms)]);
  child.kill('SIGKILL');
  const { signal, code, stderr } = await ended;
  for (const source of SOURCES) letLockPass(setting.folder, source);
  if (signal !== 'SIGKILL') expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return signal === 'SIGKILL';
}

/** Every stored record has its item, and every item its record. */
async function expectPairs({ db }: ItemsSetting): Promise<void> {
  const [alone] = await db.query<{ n: string }>(
    'SELECT (SELECT COUNT(*) FROM raw_data r LEFT JOIN unified_items i ON i.source_name = r.source_name ' +
      'AND i.external_id = r.external_id WHERE r.processed = 1 AND i.id IS NULL) + ' +
      '(SELECT COUNT(*) FROM unified_items i LEFT JOIN raw_data r ON r.source_name = i.source_name ' +
      'AND r.external_id = i.external_id WHERE r.external_id IS NULL) AS n',
  );
  expect(alone!.n).toBe('0');
}

async function expectAll(setting: ItemsSetting): Promise<void> {
  const { db, items } = setting;
  const stored = await db.query<{ source_name: string; external_id: string }>(
    'SELECT source_name, external_id FROM unified_items WHERE deleted_at IS NULL',
  );
  const idsOf = (source: string) =>
    stored
      .filter((row) => row.source_name === source)
      .map((row) => row.external_id)
      .toSorted();
  const permits = items
    .collection('permits')
    .list()
    .map(({ record }) => record['permit_number'] as string);
  expect(idsOf('permits')).toEqual(permits.toSorted());
  expect(idsOf('roster')).toHaveLength(items.collection('roster').list().length);
  expect(idsOf('news').length).toBeGreaterThan(0);
}

test(
  'promise 30: three sources whose sync is killed at any moment lose nothing, double nothing, and request only the page in hand again',
  async () => {
    const setting = await itemsSetting({ records: 3000 });
    const { items } = setting;
    setting.configure({
      permits: { ...permitsEntry(items, PAGE), every: '1ms' },
      roster: { ...rosterEntry(setting.files), every: '1ms' },
      news: { ...newsEntry(items), every: '1ms' },
    });
    letFilesSettle(setting);
    items.faults.add({ kind: 'delay', ms: DELAY_MS, count: Infinity });
    const pages = Math.ceil(3000 / PAGE) + 1;
    const duration = pages * DELAY_MS + 1500;
    for (let kills = 0, nth = 0; kills < KILLS && nth < 5 * KILLS; nth += 1) {
      if (await kill(setting, duration * (0.15 + ((nth * 0.37) % 0.8)))) kills += 1;
      await expectPairs(setting).catch((error: unknown) => {
        // There are no tables before the first run has created them.
        if (nth > 0) throw error;
      });
    }
    for (const source of SOURCES) letLockPass(setting.folder, source);
    expect(await setting.run('sync')).toMatchObject({ code: 0, stderr: '' });
    await expectPairs(setting);
    await expectAll(setting);
    const last = items.count('/resource/permits.json');
    expect(await setting.run('sync')).toMatchObject({ code: 0, stderr: '' });
    expect(items.count('/resource/permits.json') - last).toBeLessThanOrEqual(2);
  },
  3 * PATIENCE_MS,
);

test('promise 30: a read that was killed resumes at its page: only the page in hand and the one that was fetched ahead are requested again', async () => {
  const setting = await itemsSetting({ records: 3000 });
  const { items } = setting;
  setting.configure({ permits: permitsEntry(items, PAGE) });
  items.faults.add({ kind: 'delay', ms: DELAY_MS, count: Infinity });
  const { child, ended } = start(setting.folder, ['sync']);
  while (items.count('/resource/permits.json') < 12) await wait(10);
  child.kill('SIGKILL');
  await ended;
  letLockPass(setting.folder, 'permits');
  const before = items.count('/resource/permits.json');
  expect(await setting.run('sync', 'permits')).toMatchObject({ code: 0, stderr: '' });
  const total = items.count('/resource/permits.json');
  const pages = Math.ceil(3000 / PAGE) + 1;
  expect(total).toBeGreaterThanOrEqual(pages);
  expect(total - pages).toBeLessThanOrEqual(3);
  expect(total - before).toBeLessThan(pages - 8);
});
