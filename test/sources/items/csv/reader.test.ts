import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, DamagedFileError, FatalError } from '../../../../src/errors.ts';
import { isWithoutId } from '../../../../src/model/item.ts';
import type { Checkpoint, ItemBatch } from '../../../../src/sources/items.ts';
import { writeZip } from '../../../helpers/zip-writer.ts';
import { itemsConform, keysOf, readAll, recordsOf } from '../../items-conformance.ts';
import { csvFolder } from './folder.ts';

const BASIC = 'id,title\n1,one\n2,two\n';

describe('a CSV source, as every source of items', () => {
  itemsConform({
    second: 'unchanged',
    open: async () => {
      const ids = Array.from({ length: 12_345 }, (_, id) => String(id));
      const halves = [ids.slice(0, 6000), ids.slice(6000)];
      const [a = '', b = ''] = halves.map((each) => `id,title\n${each.map((id) => `${id},t\n`).join('')}`);
      return { reader: csvFolder({ 'a.csv': a, 'b.csv': b }).open({ path: '*.csv' }), keys: ids };
    },
  });
});

describe('reading CSV files', () => {
  test('pitfall 44: everything is text', async () => {
    const text = 'id,title,zip,none,yes,big,date\n00123,1.10,07030,,no,12345678901234567890,2024-01-01\n';
    expect((await read({ 'a.csv': text }))[0]).toEqual({
      id: '00123',
      title: '1.10',
      zip: '07030',
      none: '',
      yes: 'no',
      big: '12345678901234567890',
      date: '2024-01-01',
    });
  });

  test('pitfall 42: a byte order mark is not part of the first header', async () => {
    const rows = [{ id: '1', title: 'é' }];
    const text = '\uFEFFid,title\n1,é\n';
    expect(await read({ 'a.csv': text })).toEqual(rows);
    expect(await read({ 'a.csv': Buffer.from(text, 'utf16le') })).toEqual(rows);
    expect(await read({ 'a.csv': Buffer.from(text, 'utf16le').swap16() })).toEqual(rows);
  });

  test('pitfall 45: a header that is empty or not unique is an error that names it', async () => {
    const reading = read({ 'a.csv': 'id,title,,id, title\n1,a,b,c,d\n' });
    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toThrow(
      'a.csv: column 3 has no name; "id" is the name of several columns; "title" is the name of several columns',
    );
    await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining('columns') });
    const settings = { columns: ['id', 'title', 'x', 'y', 'z'], skip_lines: '1' };
    expect(await read({ 'a.csv': 'id,title,,id, title\n1,a,b,c,d\n' }, settings)).toEqual([
      { id: '1', title: 'a', x: 'b', y: 'c', z: 'd' },
    ]);
  });

  test('pitfall 45: a column may have the name __proto__', async () => {
    const { records } = await readOne({ 'a.csv': 'id,__proto__\n1,x\n' });
    expect(records[0]!.payload).toBe('{"id":"1","__proto__":"x"}');
  });

  test('pitfall 46: a short row has nulls, a long one is rejected with its text and line', async () => {
    const { records } = await readOne({ 'a.csv': 'id,title,c\n1,one\n2,two,x,"y,z"\n3,three,c,,\n' });
    expect(records.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      { id: '1', title: 'one', c: null },
      { raw: '2,two,x,"y,z"', line: 3 },
      { id: '3', title: 'three', c: 'c' },
    ]);
    expect(records[1]).toMatchObject({
      key: expect.stringMatching(/^no-id:[0-9a-f]{64}$/),
      item: undefined,
      error: 'the line has 4 values, but the file has 3 columns',
      place: 'a.csv line 3',
    });
  });

  test('pitfall 46: a quote that never closes costs one row', async () => {
    const { records } = await readOne({ 'a.csv': 'id,title\n1,"open\n2,two\n' });
    expect(records.map(({ key, error }) => error ?? key)).toEqual([
      'a quote that opens in this line is not closed',
      '2',
    ]);
  });

  test('pitfall 47: windows-1252, also if the first other byte is late, is told', async () => {
    const start = `id,title\n${'1,plain\n'.repeat(50_000)}`;
    const bytes = Buffer.concat([Buffer.from(start), Buffer.from('2,caf\xe9 \x93x\x94\n', 'latin1')]);
    const { records, warnings } = await readOne({ 'a.csv': bytes });
    expect(records.at(-1)!.item!.title).toBe('café “x”');
    expect(warnings).toEqual([
      'a.csv is not UTF-8 and was read as windows-1252: set encoding if it is another one',
    ]);
  });

  test('pitfall 47: a declared encoding is used if the file is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('id,title\n1,'), Buffer.from([0xc4, 0xd6]), Buffer.from('\n')]);
    const { records, warnings } = await readOne({ 'a.csv': bytes }, { encoding: 'koi8-r' });
    expect([records[0]!.item!.title, warnings]).toEqual(['дж', []]);
    const utf8 = await readOne({ 'a.csv': 'id,title\n1,дж\n' }, { encoding: 'koi8-r' });
    expect(utf8.records[0]!.item!.title).toBe('дж');
  });

  test('UTF-8 that is declared but damaged is read with replacement characters, which are counted', async () => {
    const bytes = Buffer.concat([Buffer.from('id,title\n1,é'), Buffer.from([0xff]), Buffer.from('\n')]);
    const { records, warnings } = await readOne({ 'a.csv': bytes }, { encoding: 'utf-8' });
    expect(records[0]!.item!.title).toBe('é\uFFFD');
    expect(warnings).toEqual(['a.csv has 1 characters that are not utf-8: they became \uFFFD']);
  });

  test('pitfall 43: the delimiter is found in the header alone, and is an error if it is in doubt', async () => {
    const row = [{ id: '1', title: 'a, b; c | d' }];
    for (const mark of [',', ';', '\t', '|']) {
      expect(await read({ 'a.csv': `id${mark}title\n1${mark}"a, b; c | d"\n` })).toEqual(row);
    }
    expect(await read({ 'a.csv': '"id";"title"\n1;"a, b; c | d"\n' })).toEqual(row);
    const reading = read({ 'a.csv': 'id;title, short\n1;2\n' });
    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining('delimiter') });
    expect(await read({ 'a.csv': 'id;title, short\n1;2\n' }, { delimiter: ';' })).toEqual([
      { id: '1', 'title, short': '2' },
    ]);
    expect(await read({ 'a.csv': 'id\n1\n2\n' })).toEqual([{ id: '1' }, { id: '2' }]);
    expect(await read({ 'a.csv': 'id\ttitle\n1\ta\n' }, { delimiter: 'tab' })).toEqual([
      { id: '1', title: 'a' },
    ]);
  });

  test('pitfall 50: archives are known by their bytes, whatever the name', async () => {
    const rows = [
      { id: '1', title: 'one' },
      { id: '2', title: 'two' },
    ];
    expect(await read({ 'a.csv': gzipSync(BASIC) })).toEqual(rows);
    expect(await read({ 'a.csv': writeZip([{ name: 'x.dat', data: BASIC }]) })).toEqual(rows);
    const two = writeZip([
      { name: 'readme.md', data: 'x' },
      { name: 'x.csv', data: BASIC },
    ]);
    expect(await read({ 'a.csv': two })).toEqual(rows);
    const both = writeZip([
      { name: 'x.csv', data: BASIC },
      { name: 'y.csv', data: 'id\n3\n' },
    ]);
    await expect(read({ 'a.csv': both })).rejects.toThrow('a.csv has several files: x.csv, y.csv');
    expect(await read({ 'a.csv': both }, { file: 'y.csv' })).toEqual([{ id: '3' }]);
    await expect(read({ 'a.csv': gzipSync(BASIC).subarray(0, -6) })).rejects.toThrow(DamagedFileError);
  });

  test('pitfall 50: NUL bytes vanish, and line ends of all kinds are one', async () => {
    expect(await read({ 'a.csv': 'id,title\r\n1,a\0b\r2,"c\r\nd"\n3,e\r\n' })).toEqual([
      { id: '1', title: 'ab' },
      { id: '2', title: 'c\nd' },
      { id: '3', title: 'e' },
    ]);
  });

  test('pitfall 20: a web page instead of a file is an error', async () => {
    const reading = read({ 'a.csv': '<!DOCTYPE html><html><title>Sign in</title></html>' });
    await expect(reading).rejects.toThrow(FatalError);
    await expect(reading).rejects.toThrow('it is a web page');
  });

  test('a last record without a line end is read and told', async () => {
    const { records, warnings } = await readOne({ 'a.csv': 'id,title\n1,one\n2,tw' });
    expect(records).toHaveLength(2);
    expect(warnings).toEqual(['a.csv does not end in a line end: its last record may be cut off']);
  });

  test('lines before the header are skipped, and the lines of records still count from the first', async () => {
    const { records } = await readOne({ 'a.csv': 'Report\n"x\n\nid,title\n1,one\n' }, { skip_lines: '2' });
    expect(records.map(({ key, place }) => [key, place])).toEqual([['1', 'a.csv line 5']]);
  });

  test('any text in any cell survives', async () => {
    const cell = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\0\r]/g, ''));
    const { open, write } = csvFolder();
    const reader = open({ path: 'a.csv', delimiter: ',' });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1 }), async (rows) => {
        const quoted = rows.map(
          (row) => `${row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')}\n`,
        );
        write('a.csv', `id,title\n${quoted.join('')}`);
        const records = recordsOf(await readAll(reader));
        expect(records.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual(
          rows.map(([id, title]) => ({ id, title })),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('files of a CSV source', () => {
  test('are read in the order of their names, each once', async () => {
    const { open, write } = csvFolder({ 'r-2.csv': 'id\nb\n', 'r-1.csv': 'id\na\n', 'other.csv': 'id\nx\n' });
    const reader = open({ path: 'r-*.csv' });
    const first = await readAll(reader);
    expect([keysOf(first), endOf(first)]).toEqual([['a', 'b'], { outcome: 'read', isWhole: true }]);
    write('r-3.csv', 'id\nc\n');
    const second = await readAll(reader, checkpointOf(first));
    expect([keysOf(second), endOf(second)]).toEqual([['c'], { outcome: 'read', isWhole: false }]);
  });

  test('pitfall 49: the same content is not read again, although the file was written again', async () => {
    const { open, write, clock } = csvFolder({ 'a.csv': BASIC });
    const reader = open({ path: 'a.csv' });
    const first = await readAll(reader);
    write('a.csv', BASIC, 1800);
    const again = await readAll(reader, checkpointOf(first));
    expect([keysOf(again), endOf(again)]).toEqual([[], { outcome: 'unchanged', isWhole: false }]);
    const { sleeps } = clock;
    const before = sleeps.length;
    await readAll(reader, checkpointOf(again));
    expect(sleeps).toHaveLength(before);
  });

  test('pitfall 48: a file that is young, empty or growing waits, and so do those after it', async () => {
    const { open, write, folder, clock } = csvFolder({ 'a.csv': 'id\na\n', 'c.csv': 'id\nc\n' });
    const reader = open({ path: '*.csv' });
    write('b.csv', 'id\nb\n', 5);
    const young = await readAll(reader);
    expect([keysOf(young), endOf(young)]).toEqual([['a'], { outcome: 'waiting', isWhole: false }]);
    expect(young.at(-1)!.warnings).toEqual([
      'b.csv is empty, or is still being written: the next run reads it',
    ]);
    write('b.csv', '');
    expect(endOf(await readAll(reader, checkpointOf(young)))!.outcome).toBe('waiting');
    write('b.csv', 'id\nb\n');
    const { sleep } = clock;
    const growing = {
      ...clock,
      sleep: async (ms: number) => {
        writeFileSync(join(folder, 'b.csv'), 'id\nb\nbb\n');
        await sleep(ms);
      },
    };
    Object.assign(clock, growing);
    expect(keysOf(await readAll(reader, checkpointOf(young)))).toEqual([]);
    Object.assign(clock, { sleep });
    write('b.csv', 'id\nb\nbb\n');
    expect(keysOf(await readAll(reader, checkpointOf(young)))).toEqual(['b', 'bb', 'c']);
    expect(clock.sleeps).toContain(2000);
  });

  test('a file whose time is in the future is read', async () => {
    const { open, write } = csvFolder();
    write('a.csv', BASIC, -7200);
    expect(keysOf(await readAll(open({ path: 'a.csv' })))).toEqual(['1', '2']);
  });

  test('a file that never existed is a wrong path; one that vanished, or of a pattern, is waited for', async () => {
    const { open, folder, write } = csvFolder({ 'a.csv': BASIC });
    await expect(readAll(open({ path: 'b.csv' }))).rejects.toThrow(ConfigError);
    const none = await readAll(open({ path: 'x-*.csv' }));
    expect(endOf(none)).toEqual({ outcome: 'waiting', isWhole: false });
    expect(none.at(-1)!.warnings).toEqual(['there is no file x-*.csv']);
    const reader = open({ path: 'a.csv' });
    const first = await readAll(reader);
    rmSync(join(folder, 'a.csv'));
    expect(endOf(await readAll(reader, checkpointOf(first)))!.outcome).toBe('waiting');
    write('[x].csv', 'id\nx\n');
    expect(keysOf(await readAll(open({ path: '[x].csv' })))).toEqual(['x']);
  });

  test('pitfall 13: with deletes: absent, a change means one whole read of all files', async () => {
    const { open, write, folder } = csvFolder({ 'a.csv': many(0, 6000), 'b.csv': many(6000, 10) });
    const reader = open({ path: '*.csv', deletes: 'absent' });
    const first = await readAll(reader);
    expect(endOf(first)).toEqual({ outcome: 'read', isWhole: true });
    expect(endOf(await readAll(reader, checkpointOf(first)))!.outcome).toBe('unchanged');
    write('b.csv', many(6000, 9));
    const second = await readAll(reader, checkpointOf(first));
    expect([keysOf(second).length, endOf(second)!.isWhole]).toEqual([6009, true]);
    const interrupted = await readAll(reader, second[0]!.checkpoint);
    expect([keysOf(interrupted).length, endOf(interrupted)!.isWhole]).toEqual([6009, true]);
    rmSync(join(folder, 'b.csv'));
    const third = await readAll(reader, checkpointOf(interrupted));
    expect([keysOf(third).length, endOf(third)!.isWhole]).toEqual([6000, true]);
    write('b.csv', 'id,title\n1,2,3\n');
    const bad = await readAll(reader, checkpointOf(third));
    expect([keysOf(bad).filter(isWithoutId).length, endOf(bad)!.isWhole]).toEqual([1, true]);
  });

  test('a read that was interrupted resumes after its records, unless the file changed', async () => {
    const { open, write } = csvFolder({ 'a.csv': many(0, 3000) });
    const reader = open({ path: 'a.csv' });
    const [first] = await readAll(reader);
    expect(first!.checkpoint.position!.at).toMatchObject({ file: 'a.csv', record: 2000 });
    const rest = await readAll(reader, first!.checkpoint);
    expect(recordsOf(rest)[0]).toMatchObject({ key: '2000', place: 'a.csv line 2002' });
    expect(endOf(rest)).toEqual({ outcome: 'read', isWhole: false });
    write('a.csv', many(1, 3000));
    expect(keysOf(await readAll(reader, first!.checkpoint))).toHaveLength(3000);
  });

  test('a file that changes while it is read is read again by the next run', async () => {
    const { open, folder } = csvFolder({ 'a.csv': many(0, 6000) });
    const batches: ItemBatch[] = [];
    const never = new AbortController().signal;
    const reader = open({ path: 'a.csv' });
    for await (const batch of reader.read({ checkpoint: undefined, always: false }, never)) {
      batches.push(batch);
      utimesSync(join(folder, 'a.csv'), 1, 1);
    }
    expect(endOf(batches)!.outcome).toBe('waiting');
    expect(checkpointOf(batches).validators).toEqual({});
  });

  test('what one file has is passed on before another one fails', async () => {
    const { open } = csvFolder({ 'a.csv': 'id\na\n', 'b.csv': 'id,id\n1,2\n' });
    const batches: ItemBatch[] = [];
    const never = new AbortController().signal;
    const reading = (async () => {
      for await (const batch of open({ path: '*.csv' }).read({ checkpoint: undefined, always: false }, never))
        batches.push(batch);
    })();
    await expect(reading).rejects.toThrow(ConfigError);
    expect(keysOf(batches)).toEqual(['a']);
    expect(Object.keys(checkpointOf(batches).validators)).toEqual(['a.csv']);
  });

  test('settings that contradict each other are refused', () => {
    const { open } = csvFolder();
    const wrong = [
      {},
      { path: 'a', url: 'https://example.com/a' },
      { path: 'a', auth: { bearer: 'x' } },
      { path: 'a', delimiter: '::' },
      { path: 'a', encoding: 'klingon' },
      { path: 'a', columns: ['a', 'a'] },
    ];
    for (const settings of wrong) expect(() => open(settings)).toThrow();
  });
});

function many(from: number, count: number): string {
  return `id,title\n${Array.from({ length: count }, (_, n) => `${from + n},t\n`).join('')}`;
}

async function readOne(files: Readonly<Record<string, string | Buffer>>, settings = {}) {
  const [path] = Object.keys(files);
  const batches = await readAll(csvFolder(files).open({ path, ...settings }));
  return { records: recordsOf(batches), warnings: batches.flatMap((batch) => batch.warnings) };
}

async function read(files: Readonly<Record<string, string | Buffer>>, settings = {}): Promise<unknown[]> {
  const { records } = await readOne(files, settings);
  return records.map(({ payload }) => JSON.parse(payload) as unknown);
}

function endOf(batches: readonly ItemBatch[]): ItemBatch['end'] {
  return batches.at(-1)!.end;
}

function checkpointOf(batches: readonly ItemBatch[]): Checkpoint {
  return JSON.parse(JSON.stringify(batches.at(-1)!.checkpoint)) as Checkpoint;
}
