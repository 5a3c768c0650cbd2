import { describe, expect, test } from 'vitest';
import {
  countyFor,
  entryOf,
  expectRejects,
  expectTable,
  importSetting,
  succeeds,
  writeSources,
} from '../helpers/county.ts';

/**
 * Enough for the sandbox to break lines: the first one is row 1200. `COUNTY_ACCOUNTS=300000 npm run test:mysql --
 * test/e2e/county-values.test.ts` compares a large county.
 */
const ACCOUNTS = Number(process.env['COUNTY_ACCOUNTS'] ?? 1300);
/** Of the two other counties in the sandbox. */
const MAX_OTHER_ACCOUNTS = 2000;

const TIMEOUT_MS = 120_000 + 20 * ACCOUNTS;

describe('the values of county files', () => {
  test(
    'promise 26: every value of all tables of Harris County is what the district made, and every broken line is kept',
    async () => {
      const county = await countyFor({ accounts: ACCOUNTS });
      const setting = await importSetting(county, { tables: undefined });
      await succeeds(setting, 'sync', 'hcad');
      const tables = county.tables();
      expect(tables).toHaveLength(68);
      let [rows, rejects] = [0, 0];
      for (const table of tables) {
        rows += await expectTable(setting, { table, year: 2026 });
        rejects += await expectRejects(setting, { table, year: 2026 });
      }
      expect(rows).toBeGreaterThan(20 * ACCOUNTS);
      expect(rejects).toBeGreaterThan(5);
    },
    TIMEOUT_MS,
  );

  test.each(['pacs', 'tarrant'] as const)(
    'promise 26: every value of %s is what the district made',
    async (name) => {
      const county = await countyFor({ accounts: ACCOUNTS });
      const setting = await importSetting(county);
      const tables = county.tables(name);
      const entry = { ...entryOf(county), layout: name, url: county.urls[name], tables };
      writeSources(setting.folder, { other: entry });
      await succeeds(setting, 'sync', 'other');
      let rows = 0;
      for (const table of tables) {
        const place = { table, year: 2026, county: name, source: 'other', name: `other_${table}` };
        rows += await expectTable(setting, place);
        await expectRejects(setting, place);
      }
      expect(rows).toBeGreaterThan(Math.min(ACCOUNTS, MAX_OTHER_ACCOUNTS) - 5);
    },
    TIMEOUT_MS,
  );
});
