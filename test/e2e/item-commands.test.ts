import { describe, expect, test } from 'vitest';
import { hasTerminals, onTerminal } from '../helpers/on-terminal.ts';
import { itemsFor, notesEntry, sourcesFolder } from '../helpers/item-sources.ts';
import { migratedDatabase } from '../helpers/template.ts';
import type { SourceReport } from '../../src/report/source-report.ts';

const ITEM = { external_id: 'id', title: 'title' };

/** A source of notes of which some have no title, in a database. */
async function notesSetting(records: number, withoutTitle = 0) {
  const sandbox = await itemsFor({ records });
  for (let n = 0; n < withoutTitle; n += 1)
    sandbox.collection('notes').insert({ title: null, subject: `subject ${n}` });
  const db = await migratedDatabase();
  const setting = sourcesFolder({ notes: notesEntry(sandbox) }, db.env);
  const reports = async (): Promise<SourceReport[]> =>
    JSON.parse((await setting.run('sources', '--json')).stdout) as SourceReport[];
  return { ...setting, sandbox, db, reports };
}

describe('sources', () => {
  test('lists a source before its first run, and after it', async () => {
    const { run, reports } = await notesSetting(30, 2);
    expect(await reports()).toMatchObject([
      { source: 'notes', type: 'api', lastRun: null, items: 0, unmapped: 0, state: 'new', notes: [] },
    ]);
    expect(await run('sync', 'notes')).toMatchObject({ code: 0, stderr: '' });
    const [report] = await reports();
    expect(report).toMatchObject({
      lastRun: { mode: 'sync', error: null },
      items: 30,
      deleted: 0,
      unmapped: 2,
      state: 'ok',
      pausedUntil: null,
      notes: [],
    });
    expect(Date.parse(report!.dueAt!) - Date.parse(report!.lastRun!.startedAt)).toBe(3_600_000);
    const { stdout } = await run('sources');
    expect(stdout).toMatch(
      /^source +type +last run \(UTC\) +status +checkpoint +items +unmapped +due +state\nnotes +api /,
    );
  });

  test('shows a source that is gone, and reset makes it ready again; its items stay', async () => {
    const { run, reports, sandbox, db } = await notesSetting(5);
    await run('sync', 'notes');
    sandbox.faults.add({ kind: 'status', status: 410 });
    const found = await run('sync', 'notes');
    expect(found).toMatchObject({ code: 78, stdout: '' });
    expect(found.stderr).toMatch(/^trestle-etl: notes: .*trestle-etl sources reset notes.*\n$/);
    sandbox.requests.splice(0);
    expect(await run('sync', 'notes')).toMatchObject({ code: 78, stderr: found.stderr });
    expect(await run('full-load', 'notes')).toMatchObject({ code: 78, stderr: found.stderr });
    expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests).toEqual([]);
    const [gone] = await reports();
    expect(gone).toMatchObject({ state: 'gone', dueAt: null, items: 5 });
    expect(gone!.notes[0]).toMatch(/^gone since .* UTC\b.*trestle-etl sources reset notes\b/);

    const refused = await run('sources', 'reset', 'notes');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('trestle-etl sources reset notes --yes');
    expect((await reports())[0]).toMatchObject({ state: 'gone' });

    const reset = await run('sources', 'reset', 'notes', '--yes');
    expect(reset).toMatchObject({ code: 0, stderr: '' });
    expect(reset.stdout).toContain('notes');
    expect(await db.query('SELECT kind, gone_at FROM etl_checkpoints')).toEqual([
      { kind: null, gone_at: null },
    ]);
    // Its runs are still those of a source of items.
    expect(await db.query('SELECT DISTINCT source_type FROM etl_runs')).toEqual([{ source_type: 'api' }]);
    sandbox.requests.splice(0);
    expect(await run('sync', 'notes')).toMatchObject({ code: 0 });
    expect(sandbox.requests.length).toBeGreaterThan(0);
    expect((await reports())[0]).toMatchObject({ state: 'ok', items: 5 });
  });

  test('a run of which no record can be an item ends as partial, and its command fails', async () => {
    const { run, reports, sandbox } = await notesSetting(0, 3);
    const ended = await run('sync', 'notes');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^trestle-etl: notes: .*\b3\b.*trestle-etl quarantine list --source notes/);
    expect(await reports()).toMatchObject([{ lastRun: { status: 'partial' }, unmapped: 3, items: 0 }]);
    const some = (await run('quarantine', 'list', '--source', 'notes', '--last', '2')).stdout;
    expect(some.trim().split('\n')).toHaveLength(4);
    expect(some).toMatch(/--last 20\b.*\n$/);
    const all = (await run('quarantine', 'list', '--source', 'notes', '--last', '3')).stdout;
    expect(all.trim().split('\n')).toHaveLength(4);
    expect(all).not.toContain('--last');
    sandbox.collection('notes').insert({ title: 'a title' });
    expect(await run('sync', 'notes')).toMatchObject({ code: 0, stderr: '' });
    expect(await reports()).toMatchObject([{ lastRun: { status: 'partial' }, unmapped: 3, items: 1 }]);
  });

  test('shows until when a source is paused, and why', async () => {
    const { run, reports, sandbox } = await notesSetting(5);
    sandbox.faults.add({ kind: 'status', status: 403, count: 5 });
    for (let n = 0; n < 5; n += 1) expect((await run('sync', 'notes')).code).not.toBe(0);
    const [paused] = await reports();
    expect(paused).toMatchObject({ state: 'paused', lastRun: { status: 'failed' } });
    expect(paused!.notes[0]).toMatch(/^paused until .* UTC\b.*\b5\b.*trestle-etl sync notes\b/);
    expect(Date.parse(paused!.dueAt!)).toBeGreaterThanOrEqual(Date.parse(paused!.pausedUntil!));
    expect(await run('sync')).toMatchObject({ code: 0 });
    expect((await reports())[0]).toMatchObject({ state: 'paused' });
    expect(await run('sync', 'notes')).toMatchObject({ code: 0 });
    expect((await reports())[0]).toMatchObject({ state: 'ok', notes: [] });
  });

  test('reports what is stored of a source that was removed, with the statements that delete it; so does doctor', async () => {
    const { run, reports, sandbox, configure, db } = await notesSetting(3, 1);
    await run('sync', 'notes');
    configure({ later: notesEntry(sandbox) });
    expect(await reports()).toMatchObject([
      { source: 'later', state: 'new' },
      { source: 'notes', type: 'api', state: 'removed', items: 3, unmapped: 1, dueAt: null },
    ]);
    const { stdout } = await run('sources');
    const statements = stdout.match(/DELETE FROM \w+ WHERE source_name = 'notes';/g)!;
    expect(stdout).toMatch(/notes .* 3 items, 1 unmapped/);
    const examine = async () => {
      const { checks } = JSON.parse((await run('doctor', '--json')).stdout) as {
        checks: { name: string; result: string; what: string; advice?: string }[];
      };
      return checks.find(({ name }) => name === 'removed sources');
    };
    const found = await examine();
    expect(found).toMatchObject({ result: 'warn' });
    // No source of items is left: a file that is watched for releases remains.
    configure({ hcad: { type: 'county', layout: 'hcad' } });
    expect(await examine()).toEqual(found);
    configure({ later: notesEntry(sandbox) });
    for (const statement of statements) expect(found!.advice).toContain(statement);
    for (const statement of statements) await db.query(statement);
    for (const table of ['unified_items', 'raw_data', 'etl_checkpoints'])
      expect(await db.query(`SELECT 1 FROM ${table}`)).toEqual([]);
    expect((await run('sources')).stdout).not.toContain('notes');
    expect((await run('sources', '--json')).stdout).toContain('later');
  });

  test('shows an entry whose mapping changed', async () => {
    const { run, reports, sandbox, configure } = await notesSetting(3);
    await run('sync', 'notes');
    configure({ notes: notesEntry(sandbox, { item: { ...ITEM, category: 'state' } }) });
    expect((await reports())[0]!.notes).toEqual([expect.stringContaining('trestle-etl reprocess notes')]);
    configure({ notes: notesEntry(sandbox, { records: 'results' }) });
    expect((await reports())[0]!.notes).toEqual([expect.stringContaining('trestle-etl full-load notes')]);
  });
});

describe.runIf(hasTerminals)('sources reset on a terminal', () => {
  test('asks, and changes nothing unless the answer is yes', async () => {
    const { run, reports, folder } = await notesSetting(2);
    await run('sync', 'notes');
    const checkpoint = (await reports())[0]!.lastRun;
    const no = onTerminal(folder, ['sources', 'reset', 'notes']);
    await no.answer(/Forget how far notes was read\? Its items stay\. \[y\/N\] /, '\r');
    expect(await no.ended).toMatchObject({ code: 0 });
    expect(no.screen()).toContain('nothing was changed');
    const yes = onTerminal(folder, ['sources', 'reset', 'notes']);
    await yes.answer(/\[y\/N\] /, 'y\r');
    expect(await yes.ended).toMatchObject({ code: 0 });
    expect(yes.screen()).toContain('reads it from its beginning');
    expect((await reports())[0]!.lastRun).toEqual(checkpoint);
  });
});

describe('reprocess', () => {
  test('maps stored records again, without a request', async () => {
    const { run, reports, sandbox, configure, db } = await notesSetting(25, 2);
    await run('sync', 'notes');
    configure({
      notes: notesEntry(sandbox, {
        item: { external_id: 'id', title: 'title || subject', category: 'state' },
      }),
    });
    sandbox.requests.splice(0);
    const dry = await run('reprocess', 'notes', '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toMatch(/^notes: reprocess, dry run\b.*\n.*\b27\b/);
    expect(await run('reprocess', 'notes')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(sandbox.requests).toEqual([]);
    const rows = await db.query('SELECT category FROM unified_items WHERE category IS NOT NULL');
    expect(rows).toHaveLength(27);
    expect((await reports())[0]).toMatchObject({ items: 27, unmapped: 0, notes: [] });
  });
});

test('reprocess with an expression that is none changes nothing, and fails with its line', async () => {
  const { run, sandbox, configure, db } = await notesSetting(3);
  const read = () => db.query('SELECT external_id, amount, title FROM unified_items ORDER BY id');
  const item = { external_id: 'id', title: 'title', amount: 'amount' };
  configure({ notes: notesEntry(sandbox, { item }) });
  await run('sync', 'notes');
  const before = await read();
  configure({ notes: notesEntry(sandbox, { item: { ...item, amount: { from: 'amount[?' } } }) });
  const ended = await run('reprocess', 'notes');
  expect(ended).toMatchObject({ code: 78 });
  expect(ended.stderr).toMatch(/sources\.yaml line \d+: notes\.item\.amount\.from: "amount\[\?" /);
  expect(await read()).toEqual(before);
});

test('a first run that ends with a wrong mapping is shown by sources, status, doctor and etl_runs', async () => {
  const { run, reports, sandbox, configure, db } = await notesSetting(3);
  configure({ notes: notesEntry(sandbox, { item: { ...ITEM, title: 'title[' } }) });
  expect(await run('sync', 'notes')).toMatchObject({ code: 78 });
  expect(await db.query('SELECT source_name, source_type, status FROM etl_runs')).toEqual([
    { source_name: 'notes', source_type: 'api', status: 'failed' },
  ]);
  expect(await reports()).toMatchObject([
    { source: 'notes', state: 'failing', items: 0, checkpoint: null, lastRun: { status: 'failed' } },
  ]);
  const { items } = JSON.parse((await run('status', '--json')).stdout) as { items: SourceReport[] };
  expect(items).toMatchObject([{ source: 'notes', state: 'failing' }]);
  const { checks } = JSON.parse((await run('doctor', '--json')).stdout) as {
    checks: { name: string; result: string; what: string }[];
  };
  const state = checks.find(({ name }) => name === 'notes state');
  expect(state).toMatchObject({ result: 'warn' });
  expect(state!.what).toContain('notes.item.title');
  configure({ notes: notesEntry(sandbox) });
  expect(await run('sync', 'notes')).toMatchObject({ code: 0, stderr: '' });
  expect(await reports()).toMatchObject([{ state: 'ok', items: 3, notes: [] }]);
});

describe('why', () => {
  test('explains an item, a record that is none, and an unknown id, without a request', async () => {
    const { run, sandbox, configure } = await notesSetting(12, 1);
    await run('sync', 'notes');
    sandbox.requests.splice(0);
    const item = await run('why', 'notes/3');
    expect(item).toMatchObject({ code: 0, stderr: '' });
    expect(item.stdout).toMatch(
      /^item notes\/3\n {2}item: id \d+, first seen \S+ \S+, changed \S+ \S+ UTC by run \d+\n/,
    );
    expect(item.stdout).toMatch(/record: read .* UTC by run \d+\n {4}id: 3\n/);
    expect(item.stdout).toContain('mapping: the present one');

    const none = await run('why', 'notes/13');
    expect(none.stdout).toContain('item: none\n  not an item: title is empty');
    expect(none.stdout).toContain('mapping: the present one cannot map it: title is empty');

    configure({ notes: notesEntry(sandbox, { item: { external_id: 'id', title: 'title || subject' } }) });
    const now = await run('why', 'notes/13');
    expect(now.stdout).toContain('mapping: the present one can map it: trestle-etl reprocess notes');

    const unknown = await run('why', 'notes/100');
    expect(unknown).toMatchObject({ code: 0 });
    expect(unknown.stdout).toContain('stored: no record with this id\n  ids next to it:');
    expect(unknown.stdout).toMatch(/notes\/10\n/);
    const parsed = JSON.parse((await run('why', 'notes/3', '--json')).stdout) as object;
    expect(parsed).toMatchObject({
      source: 'notes',
      id: '3',
      record: { isItem: true, payload: { id: 3 } },
      near: [],
    });
    expect(sandbox.requests).toEqual([]);
  });

  test('finds an item by an id that is too long to be stored as it is', async () => {
    const { run, sandbox } = await notesSetting(1);
    const long = `a/${'x'.repeat(300)}`;
    sandbox.collection('notes').insert({ id: long, title: 'long' });
    await run('sync', 'notes');
    const ended = await run('why', `notes/${long}`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('    title: long\n');
  });

  test('needs a source if no feed is configured', async () => {
    const { run } = await notesSetting(1);
    const ended = await run('why', '3');
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain('trestle-etl why notes/ID');
  });
});

describe('quarantine', () => {
  test('lists, shows, replays and purges records that cannot be items', async () => {
    const { run, sandbox, configure, db } = await notesSetting(4, 3);
    await run('sync', 'notes');
    const list = await run('quarantine', 'list', '--source', 'notes');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout.match(/^[567] .*title is empty$/gm)).toHaveLength(3);
    const shown = await run('quarantine', 'show', '5', '--source', 'notes');
    expect(shown.stdout).toContain('"subject": "subject 0"');
    expect(await run('quarantine', 'show', '1', '--source', 'notes')).toMatchObject({ code: 2 });

    const same = await run('quarantine', 'replay', '5', '--source', 'notes');
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toMatch(/^0 .*\b1 [^\n]*\n$/);
    expect(await run('quarantine', 'replay', '1', '--source', 'notes')).toMatchObject({ code: 2 });
    configure({ notes: notesEntry(sandbox, { item: { external_id: 'id', title: 'title || subject' } }) });
    sandbox.requests.splice(0);
    const replayed = await run('quarantine', 'replay', '5', '--source', 'notes');
    expect(replayed.stdout).toMatch(/^1 .*\b0 [^\n]*\n$/);
    expect(sandbox.requests).toEqual([]);

    const purged = await run('quarantine', 'purge', '--all', '--source', 'notes');
    expect(purged.stdout).toMatch(/^2 deleted; .*trestle-etl full-load notes\n$/);
    expect(await db.query('SELECT external_id FROM raw_data ORDER BY external_id')).toHaveLength(5);
    expect(await db.query('SELECT id FROM unified_items')).toHaveLength(5);
    expect(await run('full-load', 'notes')).toMatchObject({ code: 0 });
    expect(await db.query('SELECT id FROM unified_items')).toHaveLength(7);
  });
});
