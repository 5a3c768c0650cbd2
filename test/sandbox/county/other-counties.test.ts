import { expect, test } from 'vitest';
import { download, readZip, startCounty } from './helpers.ts';

const LENGTHS: Readonly<Record<string, number>> = {
  header: 184,
  appraisal_info: 9247,
  entity_info: 2750,
  improvement_info: 114,
  improvement_detail: 622,
  improvement_detail_attr: 87,
  land_detail: 199,
  entity: 17,
  abstract_subdv: 50,
};

test('PACS: every record has its length, or is a reject', async () => {
  const county = await startCounty({ accounts: 310 });
  const members = readZip(await download(`${county.urls.pacs}/2026/any_name.zip`));
  expect(members).toHaveLength(9);
  for (const { name, content } of members) {
    const file = /\d{6}_APPRAISAL_(\w+)\.TXT$/.exec(name)![1]!.toLowerCase();
    const table = file === 'info' ? 'appraisal_info' : file;
    const lines = content.toString('latin1').split(/\r?\n/).slice(0, -1);
    const rejects = new Set([...county.rejectedLines(table, 2026, 'pacs')].map(({ line }) => line));
    const rows = [...county.expectedRows(table, 2026, 'pacs')];
    expect(lines.length, table).toBe(rows.length + rejects.size);
    for (const [i, line] of lines.entries())
      if (line.length !== LENGTHS[table]) expect(rejects.has(i + 1), `${table}:${i + 1}`).toBe(true);
  }
  expect([...county.rejectedLines('entity_info', 2026, 'pacs')]).toHaveLength(1);
});

test('PACS: the fields are at their places', async () => {
  const county = await startCounty({ accounts: 200 });
  const members = readZip(await download(`${county.urls.pacs}/2025/Export.zip`));
  const linesOf = (ending: string): string[] =>
    members
      .find(({ name }) => name.endsWith(ending))!
      .content.toString('latin1')
      .split('\r\n')
      .slice(0, -1);
  const rows = [...county.expectedRows('appraisal_info', 2025, 'pacs')];
  for (const [i, line] of linesOf('APPRAISAL_INFO.TXT').entries()) {
    const row = rows[i]!;
    const at = (from: number, to: number): string => line.slice(from - 1, to);
    expect(Number(at(1, 12))).toBe(Number(row['prop_id']));
    expect(at(18, 22)).toBe('02025');
    expect(at(547, 596).trimEnd()).toBe(row['geo_id']);
    expect(at(4460, 4474).trimEnd()).toBe(row['situs_num']);
    expect(Number(at(2772, 2791)) / 10_000).toBe(Number(row['land_acres']));
    expect(at(2042, 2058)).toBe(' '.repeat(17));
    const [value, cap, assessed, loss] = [at(1916, 1930), at(1931, 1945), at(1946, 1960), at(9068, 9082)].map(
      Number,
    );
    expect(assessed).toBe(value! - cap! - loss!);
    expect(at(8603, 8617)).toBe('000000000000000');
    expect(at(8633, 9067).trim()).toBe('');
  }
  const details = [...county.expectedRows('improvement_detail', 2025, 'pacs')];
  for (const [i, line] of linesOf('IMPROVEMENT_DETAIL.TXT').entries()) {
    expect(Number(line.slice(93, 108))).toBe(Number(details[i]!['imprv_det_area']));
    expect(line.slice(93, 108)).toMatch(/^ +\d+\.\d$/);
  }
});

test('Tarrant: every line is a row or a reject', async () => {
  const county = await startCounty({ accounts: 1300 });
  const [member] = readZip(await download(`${county.urls.tarrant}/2026/PropertyData.zip`));
  const [header, ...lines] = member!.content.toString('latin1').split(/\r?\n/).slice(0, -1);
  const rows = new Map(
    [...county.expectedLines('property_data', 2026, 'tarrant')].map((each) => [each.line, each.row]),
  );
  const rejects = [...county.rejectedLines('property_data', 2026, 'tarrant')];
  expect(header!.split('|')).toHaveLength(56);
  expect(rejects).toHaveLength(1);
  expect(lines).toHaveLength(rows.size + 1);
  for (const [i, line] of lines.entries()) {
    const row = rows.get(i + 1);
    const fields = line.split('|');
    expect(fields.length === 56).toBe(row !== undefined);
    if (row === undefined) continue;
    expect(fields[2]).toBe(row['account_num']);
    const [month, day] = fields[19]!.split('/');
    expect(row['notice_date']).toBe(`2026-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`);
  }
});
