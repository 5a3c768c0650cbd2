import { describe, expect, test } from 'vitest';
import { download, type Member, readZip, startCounty } from './helpers.ts';

const ARCHIVES = [
  'Real_acct_owner',
  'Real_acct_ownership_history',
  'Real_building_land',
  'Real_jur_exempt',
  'PP_files',
  'Hearing_files',
  'Code_description_real',
  'Code_description_pp',
];

/** Reads lines as simply as possible: text without blanks at its right, nothing as null. */
function readLines(content: Buffer): { fields: (string | null)[]; line: number }[] {
  // TextDecoder of Node 20 decodes windows-1252 as Latin-1.
  return content
    .toString('latin1')
    .replaceAll('\x92', '\u2019')
    .split(/\r?\n/)
    .map((text, line) => ({
      line,
      fields: text.split('\t').map((field) => field.replaceAll('\0', '').trimEnd() || null),
    }))
    .slice(1)
    .filter(({ fields }) => fields.length > 1);
}

/** Whether a field can be the value: the form of a number, of a date or of "none" may differ. */
function isSame(field: string | null, value: string | null): boolean {
  if (field === value) return true;
  if (value === null) return field === '0' || field === '12/30/1899' || field === 'Pending';
  if (field === null) return false;
  const [, month, day, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(field) ?? [];
  if (year !== undefined) return `${year}-${month}-${day}` === value;
  return /^-?\d+\.\d{8}$/.test(value) && Number(field) === Number(value);
}

test('all 36 data files and 32 code tables are in their archives, with valid CRCs', async () => {
  const county = await startCounty();
  const members: Member[] = [];
  for (const archive of ARCHIVES)
    members.push(...readZip(await download(`${county.url}/2026/${archive}.zip`)));
  expect(members).toHaveLength(36 + 32);
  expect(members.every(({ hasValidCrc }) => hasValidCrc)).toBe(true);
  expect(members.map(({ name }) => name).toSorted()).toEqual(
    county
      .tables()
      .map((name) => `${name}.txt`)
      .toSorted(),
  );
});

test('every line of every file is an expected row or a reject', async () => {
  const county = await startCounty({ accounts: 700 });
  for (const archive of ARCHIVES) {
    for (const { name, content } of readZip(await download(`${county.url}/2026/${archive}.zip`))) {
      const table = name.replace('.txt', '');
      const rejects = new Map([...county.rejectedLines(table, 2026)].map((each) => [each.line, each]));
      const rows = new Map([...county.expectedLines(table, 2026)].map(({ line, row }) => [line, row]));
      const lines = readLines(content);
      expect(lines.length, table).toBe(rows.size + rejects.size);
      for (const { line, fields } of lines) {
        const values = Object.values(rows.get(line) ?? {});
        if (values.length === 0) {
          expect(rejects.has(line), `${table}:${line}`).toBe(true);
          continue;
        }
        const wrong = values.findIndex((value, i) => !isSame(fields[i] ?? null, value));
        expect([table, line, fields.length, wrong, wrong === -1 || fields[wrong]]).toEqual([
          table,
          line,
          values.length,
          -1,
          true,
        ]);
      }
    }
  }
});

test('damaged lines are there in every way, and are fewer than 0.1 %', async () => {
  const county = await startCounty({ accounts: 3000 });
  const rejects = [...county.rejectedLines('jur_value', 2026)];
  const rows = [...county.expectedRows('jur_value', 2026)];
  expect(rejects.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['too-few-fields', 'too-many-fields']),
  );
  expect(rejects.some(({ line }, i) => rejects[i - 1]?.line === line - 1)).toBe(true);
  expect(rejects.length / rows.length).toBeLessThan(0.001);
  for (const { raw, reason } of rejects)
    expect(Math.sign(raw.split('\t').length - 6)).toBe(reason === 'too-few-fields' ? -1 : 1);
});

describe('the bytes', () => {
  test('are those of real files', async () => {
    const county = await startCounty();
    const files = new Map<string, Buffer>();
    for (const archive of ['Real_acct_owner', 'Real_building_land', 'Real_jur_exempt'])
      for (const { name, content } of readZip(await download(`${county.url}/2026/${archive}.zip`)))
        files.set(name, content);
    const has = (name: string, text: string): boolean => files.get(name)!.includes(text, 0, 'latin1');
    expect(has('real_acct.txt', '0010010010001            \t2026\t')).toBe(true);
    expect(has('fixtures.txt', '\r\n0010010010001\t1\tRMB \tRoom:  Bedroom\t')).toBe(true);
    expect(has('jur_value.txt', '\r\n0010010010001\t061\tC\t1.0000\t')).toBe(true);
    expect(has('jur_exempt.txt', '\tPending\r\n')).toBe(true);
    expect(has('building_res.txt', '\t12/30/1899\t')).toBe(true);
    expect(has('building_res.txt', '\tR  \tResidential\t')).toBe(true);
    expect(has('building_res.txt', '\\20\t')).toBe(true);
    for (const byte of ['\x81', '\x92', '\xA0', '\xE9', '\xF1', '\0', '"'])
      expect([...files.values()].some((content) => content.includes(byte, 0, 'latin1'))).toBe(true);
    expect(has('jur_tax_dist_exempt_value_rate.txt', '\t\0\t')).toBe(true);
    expect(has('permits.txt', '\r\n') && /[^\r]\n/.test(files.get('permits.txt')!.toString('latin1'))).toBe(
      true,
    );
    expect(files.get('deeds.txt')!.at(-1)).not.toBe(0x0a);
    expect(files.get('land_ag.txt')!.toString('latin1').split('\r\n')).toHaveLength(2);
  });

  test('are the same for the same seed, and others for another', async () => {
    const [one, same, other] = await Promise.all([
      startCounty({ accounts: 200 }),
      startCounty({ accounts: 200 }),
      startCounty({ accounts: 200, seed: 2 }),
    ]);
    const [first, again, others] = await Promise.all(
      [one, same, other].map(({ url }) => download(`${url}/2026/Real_acct_owner.zip`)),
    );
    expect(again!.equals(first!)).toBe(true);
    expect(others!.equals(first!)).toBe(false);
  });
});
