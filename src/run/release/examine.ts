import type { ReleaseTable } from '../../dataset/release-table.ts';
import { ImplausibleDataError } from '../../errors.ts';
import { percentOf } from '../../lib/number.ts';
import type { Session } from '../../db/pool.ts';
import type { FileProgress, Import } from '../../record/import.ts';
import { type ImportCheck, readTableChanges, saveCheck } from '../../record/import-quality.ts';
import type { ReleaseLimits, ReleaseReader } from '../../sources/release.ts';
import type { ActiveRun } from '../active-run.ts';
import { measureRules } from './measure-rules.ts';

export type Examined = {
  readonly id: number;
  readonly tables: readonly ReleaseTable[];
  readonly files: readonly FileProgress[];
  /** What a table of this release is called now, by its name in the layout. */
  readonly nameOf: (table: string) => string;
  readonly published: Import | undefined;
};

/**
 * Examines the staged tables: rejects, number of rows, and the rules of the layout. All results are stored.
 * @returns the checks that failed.
 */
export async function examineRelease(
  active: ActiveRun,
  reader: ReleaseReader,
  examined: Examined,
): Promise<readonly ImportCheck[]> {
  const { connection } = active;
  const { id, tables, files, nameOf, published } = examined;
  const before = published === undefined ? [] : await readTableChanges(connection, published.id);
  const failed: ImportCheck[] = [];
  for (const table of tables) {
    const rows = await countRows(connection, nameOf(table.name));
    const last = before.find((each) => each.table === table.table)?.rows;
    const checks = [
      checkRejects(table, files, reader.limitsOf(table)),
      ...checkSize(table, rows, last, reader.limitsOf(table)),
      ...(await measureRules(connection, table, { rows, nameOf, hadTable: last !== undefined })),
    ];
    for (const check of checks) await saveCheck(connection, id, check);
    failed.push(...checks.filter(({ isFailed }) => isFailed));
  }
  return failed;
}

/** @throws ImplausibleDataError that names the first checks that failed. */
export function refuseRelease(source: string, failed: readonly ImportCheck[]): never {
  const some = failed
    .slice(0, 3)
    .map(({ table, rule, found, allowed }) => `${table}: ${rule} is ${found}, allowed ${allowed ?? 'none'}`);
  const more = failed.length > some.length ? `, and ${failed.length - some.length} more` : '';
  throw new ImplausibleDataError(
    `${source}: the release was not published, because it failed ${failed.length} check(s): ${some.join('; ')}${more}`,
    {
      op: 'examine release',
      hint: `the published release is unchanged; trestle-etl releases ${source} shows all checks, trestle-etl full-load ${source} --force publishes it anyway`,
    },
  );
}

function checkRejects(
  { table }: ReleaseTable,
  files: readonly FileProgress[],
  { maxRejectPercent }: ReleaseLimits,
): ImportCheck {
  const own = files.filter((file) => file.table === table);
  const lines = own.reduce((sum, each) => sum + each.lines, 0);
  const rejects = own.reduce((sum, each) => sum + each.rejects, 0);
  const found = percentOf(rejects, lines);
  return {
    table,
    rule: 'rejected lines %',
    found,
    allowed: maxRejectPercent,
    // A short file with one bad line is still a good file.
    isFailed: found > maxRejectPercent && rejects > MAX_FEW_REJECTS,
    detail: `${rejects} of ${lines} lines`,
  };
}

const MAX_FEW_REJECTS = 10;

/** Compares the number of rows with that of the last release. */
function checkSize(
  { table }: ReleaseTable,
  rows: number,
  last: number | undefined,
  { maxShrinkPercent, maxGrowthPercent }: ReleaseLimits,
): ImportCheck[] {
  if (last === undefined || last === 0) return [];
  const change = percentOf(rows - last, last);
  const isFewer = change < 0;
  const allowed = isFewer ? maxShrinkPercent : maxGrowthPercent;
  return [
    {
      table,
      rule: isFewer ? 'fewer rows %' : 'more rows %',
      found: Math.abs(change),
      allowed,
      isFailed: Math.abs(change) > allowed && Math.abs(rows - last) > MAX_FEW_REJECTS,
      detail: `${rows} rows, ${last} in the published release`,
    },
  ];
}

async function countRows(session: Session, name: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(`SELECT COUNT(*) AS n FROM ${name}`);
  return row?.n ?? 0;
}
