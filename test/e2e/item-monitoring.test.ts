import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlannedItems } from '../../src/commands/plan/format-items.ts';
import type { StatusReport } from '../../src/report/status-report.ts';
import type { Notice } from '../../src/notify/alert/notice.ts';
import { itemsFor, notesEntry, type SourcesFolder, sourcesFolder } from '../helpers/item-sources.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { migratedDatabase } from '../helpers/template.ts';

async function prints(setting: SourcesFolder, ...args: string[]): Promise<string> {
  const ended = await setting.run(...args);
  expect({ args, ...ended }).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

/** Three sources of one server, of which each can fail alone. */
async function threeSources(more: Readonly<Record<string, string>> = {}) {
  const sandbox = await itemsFor({ records: 25 });
  const db = await migratedDatabase();
  const item = { external_id: 'id', title: 'title' };
  const entries = {
    first: notesEntry(sandbox, { item }),
    second: notesEntry(sandbox, { url: `${sandbox.url}/api/notes/offset`, page: { offset: 'offset' }, item }),
    third: notesEntry(sandbox, { url: `${sandbox.url}/api/notes/link`, page: { link: 'next' }, item }),
  };
  return { sandbox, db, ...sourcesFolder(entries, db.env, more) };
}

test('status and the metrics show each source of items, and only they are configured', async () => {
  const setting = await threeSources({ METRICS_FILE: 'metrics.prom' });
  const { sandbox, folder, db } = setting;
  sandbox.collection('notes').insert({ title: null });
  const stale = await setting.run('status', '--check');
  expect(stale).toMatchObject({ code: 1 });
  expect(stale.stderr).toMatch(/stale: first was never read; second was never read; third was never read/);

  await prints(setting, 'sync');
  const { items, resources } = JSON.parse(await prints(setting, 'status', '--json')) as StatusReport;
  expect(resources).toEqual([]);
  const [first] = items!;
  expect(first).toMatchObject({
    source: 'first',
    type: 'api',
    items: 25,
    unmapped: 1,
    failures: 0,
    state: 'ok',
  });
  expect(Date.parse(first!.dueAt!) - Date.parse(first!.succeededAt!)).toBe(3_600_000);
  const text = await prints(setting, 'status');
  expect(text).toMatch(
    /^source +type +items +unmapped +last success +checkpoint +due +state\nfirst +api +25 +1 +.* ago/,
  );
  expect(text).toMatch(/sync third +partial/);
  expect(text).not.toContain('feed');
  expect(await prints(setting, 'status', '--check')).toBe('fresh: all 3 sources of items are fresh\n');

  const metrics = readFileSync(join(folder, 'metrics.prom'), 'utf8');
  expect(metrics).toMatch(/source_items\{[^}]*source="third"\} 25/);
  expect(metrics).toMatch(/source_unmapped\{[^}]*source="first"\} 1/);
  expect(metrics).toMatch(/source_failures\{[^}]*source="second"\} 0/);
  expect(metrics).toMatch(/last_run_success\{[^}]*mode="sync",source="second"\} 1/);

  await db.query("UPDATE etl_sync_log SET sync_start = sync_start - INTERVAL 2 DAY WHERE source = 'second'");
  const old = await setting.run('status', '--check', '--max-age', '1d');
  expect(old).toMatchObject({ code: 1 });
  expect(old.stderr).toMatch(/stale: second was last read 2 d 0 h ago \(at most 24 h 0 min is allowed\)/);
});

test('promise 33: of three sources one fails, the others are loaded, and exit code, last line, status and alert name it', async () => {
  const hook = await scriptedServer({});
  const setting = await threeSources({ ALERT_WEBHOOK_URL: `${hook.origin}/hook`, ALERT_DISK_FREE: '1k' });
  const { sandbox, db } = setting;
  const readNotices = () => hook.asked.map(({ body }) => JSON.parse(body) as Notice);
  try {
    sandbox.faults.add({ kind: 'status', status: 401, path: '/api/notes/offset' });
    const ended = await setting.run('sync');
    expect(ended).toMatchObject({ code: 77 });
    expect(ended.stderr.trim().split('\n').at(-1)).toMatch(/^trestle-etl: .*\bsecond\b.*401/);
    const rows = await db.query(
      'SELECT source_name AS name, COUNT(*) AS n FROM v_items GROUP BY source_name',
    );
    expect(rows).toEqual([
      { name: 'first', n: '25' },
      { name: 'third', n: '25' },
    ]);
    const { items } = JSON.parse(await prints(setting, 'status', '--json')) as StatusReport;
    expect(items!.map(({ source, state }) => `${source} ${state}`)).toEqual([
      'first ok',
      'second failing',
      'third ok',
    ]);
    expect(readNotices()).toMatchObject([{ kind: 'credentials', state: 'raised' }]);
    expect(readNotices()[0]!.text).toContain('sync second run');

    // The run of another source does not clear it.
    await prints(setting, 'sync', 'first');
    expect(readNotices()).toHaveLength(1);
    await prints(setting, 'sync', 'second');
    expect(readNotices()[1]).toMatchObject({ kind: 'credentials', state: 'recovered' });
  } finally {
    await hook.close();
  }
});

test('promise 33: a sync of several sources pings once, and fails if one of them failed, whichever is last', async () => {
  const hook = await scriptedServer({});
  const setting = await threeSources({ HEALTHCHECK_URL: `${hook.origin}/ping` });
  const takePings = () => hook.asked.splice(0).map(({ path }) => path);
  try {
    setting.sandbox.faults.add({ kind: 'status', status: 404, path: '/api/notes/offset' });
    expect(await setting.run('sync')).toMatchObject({ code: 78 });
    expect(takePings()).toEqual(['/ping/start', '/ping/fail']);
    await prints(setting, 'sync', 'second');
    expect(takePings()).toEqual(['/ping/start', '/ping']);
    // No source is due.
    await prints(setting, 'sync');
    expect(takePings()).toEqual(['/ping/start', '/ping']);
  } finally {
    await hook.close();
  }
});

test('promise 32: a pause that a server asked for is kept by every sync, also by one that names the source', async () => {
  const setting = await threeSources();
  const { sandbox } = setting;
  sandbox.faults.add({ kind: 'status', status: 429, retryAfter: '7200', path: '/api/notes/offset' });
  expect(await setting.run('sync', 'second')).toMatchObject({ code: 75 });
  const asked = sandbox.count('/api/notes/offset');
  const again = await setting.run('sync', 'second');
  expect(again).toMatchObject({ code: 75 });
  expect(again.stderr).toMatch(/second: its server asked for no requests until .* UTC/);
  await prints(setting, 'sync');
  expect(sandbox.count('/api/notes/offset')).toBe(asked);
  await prints(setting, 'full-load', 'second');
  expect(sandbox.count('/api/notes/offset')).toBeGreaterThan(asked);
});

test('promise 33: if two sources fail, the last line names both', async () => {
  const setting = await threeSources();
  setting.sandbox.faults.add({ kind: 'status', status: 404, path: '/api/notes/offset' });
  setting.sandbox.faults.add({ kind: 'status', status: 401, path: '/api/notes/link' });
  const ended = await setting.run('sync');
  expect(ended).toMatchObject({ code: 78 });
  const lastLine = ended.stderr.trim().split('\n').at(-1)!;
  expect(lastLine).toMatch(/^trestle-etl: 2 of 3 sources failed: .*\bsecond\b.*404.*; .*\bthird\b.*401/);
});

test('alerts: a field that vanished, a pause, rejected records, and a source that is too old', async () => {
  const hook = await scriptedServer({});
  const setting = await threeSources({ ALERT_WEBHOOK_URL: `${hook.origin}/hook`, ALERT_DISK_FREE: '1k' });
  const { sandbox, db } = setting;
  const readTitles = (): string[] => {
    const titles = hook.asked
      .map(({ body }) => JSON.parse(body) as Notice)
      .map(({ kind, title }) => `${kind}: ${title}`);
    hook.asked.length = 0;
    return titles.toSorted();
  };
  try {
    for (let n = 0; n < 5; n += 1) sandbox.collection('notes').insert({ title: null });
    await prints(setting, 'sync', 'first');
    expect(readTitles()).toEqual([
      expect.stringMatching(/^rejects: 5 of 30 records .* of sync first run \d+ were rejected/),
    ]);

    setting.configure({
      first: notesEntry(sandbox, { item: { external_id: 'id', title: 'title', category: 'kind_of_note' } }),
    });
    await prints(setting, 'full-load', 'first');
    expect(readTitles()).toEqual([expect.stringMatching(/^source: first: no record has category/)]);

    await db.query('UPDATE etl_checkpoints SET failures = 4');
    await db.query('UPDATE etl_sync_log SET sync_start = sync_start - INTERVAL 2 DAY');
    sandbox.faults.add({ kind: 'status', status: 404 });
    expect(await setting.run('sync', 'first')).toMatchObject({ code: 78 });
    expect(readTitles()).toEqual([
      expect.stringMatching(/^failed: sync first failed: .*404/),
      expect.stringMatching(/^source: first is paused until .* UTC after 5 failed runs/),
      expect.stringMatching(/^stale: stale: first was last read 2 d 0 h ago/),
    ]);
  } finally {
    await hook.close();
  }
});

test.each([
  [['verify', 'first'], 'verify needs a feed', 'trestle-etl full-load first'],
  [['verify'], 'verify needs a feed', 'trestle-etl full-load first'],
  [['reconcile'], 'reconcile needs a feed', 'deletes: absent'],
  [['fields'], 'fields needs a feed', 'trestle-etl reprocess first'],
  [['schema', 'diff'], 'schema needs a feed', 'trestle-etl sources test first'],
  [['undelete', '--run', '1'], 'undelete needs a feed', 'trestle-etl sync first'],
  [
    ['asof', '--listing', '1', '--at', '2026-03-19T22:00:00Z'],
    'asof needs a feed',
    'trestle-etl why first/ID',
  ],
  [['releases', 'first'], 'releases needs county files', 'trestle-etl sources'],
  [['rollback', 'first'], 'rollback needs releases', 'trestle-etl sources'],
  [['parcels', 'show', 'first'], 'parcels needs county files', 'trestle-etl sources'],
  [['plan', 'reconcile'], 'reconcile is for a feed', 'trestle-etl plan'],
])('%j refuses a source of items, and names the command to run instead', async (args, message, hint) => {
  const { run } = await notesFolder();
  const ended = await run(...args);
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toContain(message);
  expect(ended.stderr.split(' — ')[1]).toContain(hint);
});

let notes: Promise<Awaited<ReturnType<typeof threeSources>>> | undefined;

/** The same folder for tests that write nothing. */
function notesFolder(): NonNullable<typeof notes> {
  notes ??= threeSources();
  return notes;
}

test('plan shows what runs took, for one source or all, without a request', async () => {
  const setting = await threeSources();
  const { sandbox } = setting;
  expect(await prints(setting, 'plan')).toMatch(/^first +\? +\? +\? +no run yet +now? +new$/m);
  await prints(setting, 'sync');
  sandbox.requests.splice(0);
  const text = await prints(setting, 'plan');
  expect(text).toMatch(/^source +requests +records +time +as in +due +state$/m);
  expect(text).toMatch(/^second +2 +25 +\d+ ms +the last run +in 59 min .* +ok$/m);
  const one = JSON.parse(
    await prints(setting, 'plan', 'full-load', '--source', 'first', '--json'),
  ) as PlannedItems;
  expect(one).toMatchObject({
    mode: 'full-load',
    asked: 0,
    sources: [{ source: 'first', requests: 3, records: 25, runs: 1 }],
  });
  expect(sandbox.requests).toEqual([]);
  expect(await prints(setting, 'usage')).toMatch(
    /^other sources.*\nsource +calls .*\nfirst +3 .*\nsecond +2 .*\nthird +1 /,
  );
});

test('doctor checks sources of items with one request each, and nothing of a feed', async () => {
  const setting = await threeSources();
  const { sandbox } = setting;
  type Check = {
    readonly name: string;
    readonly result: string;
    readonly what: string;
    readonly advice?: string;
  };
  const readChecks = async () => {
    sandbox.requests.splice(0);
    const { checks } = JSON.parse((await setting.run('doctor', '--json')).stdout) as { checks: Check[] };
    return new Map(checks.map((check) => [check.name, check]));
  };
  const before = await readChecks();
  expect([...before.keys()].filter((name) => name.startsWith('first'))).toEqual([
    'first entry',
    'first state',
    'first address',
    'first items',
  ]);
  expect(before.get('first entry')).toMatchObject({ result: 'ok', what: 'api, fields: external_id, title' });
  expect(before.get('first address')).toMatchObject({ result: 'ok' });
  expect(before.get('first items')).toMatchObject({ result: 'warn', advice: 'trestle-etl sync first' });
  expect(sandbox.requests).toHaveLength(3);
  expect([...before.keys()].filter((name) => /^API|credentials|token|last success/.test(name))).toEqual([]);

  await prints(setting, 'sync');
  sandbox.faults.add({ kind: 'status', status: 401, path: '/api/notes/offset' });
  sandbox.faults.add({ kind: 'status', status: 410, path: '/api/notes/link' });
  const after = await readChecks();
  expect(after.get('first items')!.what).toMatch(/^25 items, last read .* ago$/);
  expect(after.get('second address')).toMatchObject({
    result: 'fail',
    advice: expect.stringContaining('auth of second') as string,
  });
  expect(after.get('third address')).toMatchObject({
    result: 'fail',
    what: expect.stringContaining('gone') as string,
  });
  expect(sandbox.requests).toHaveLength(3);
});
