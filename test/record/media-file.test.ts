import { expect, test } from 'vitest';
import type { Session, SqlValue } from '../../src/db/pool.ts';
import { readDueFailures, readPendingFiles } from '../../src/record/media-file.ts';
import { readOtherSizes } from '../../src/record/media-sizes.ts';
import { serverKind } from '../helpers/database.ts';
import { migratedDatabase } from '../helpers/template.ts';

/** `MEDIA_ROWS=200000` is a large feed. */
const ROWS = Number(process.env['MEDIA_ROWS'] ?? 20_000);

/** MySQL's default is a tree; MariaDB lacks the word. */
const EXPLAIN = serverKind() === 'mysqld' ? 'EXPLAIN FORMAT=TRADITIONAL' : 'EXPLAIN';

type Plan = {
  readonly id: string;
  readonly table: string;
  readonly key: string | null;
  readonly Extra: string | null;
};

/** Records the statements of a read. @param rows the answers to them. */
async function statementsOf(
  read: (session: Session) => Promise<unknown>,
  rows: readonly unknown[] = [],
): Promise<{ readonly sql: string; readonly values: readonly SqlValue[] }[]> {
  const all: { sql: string; values: readonly SqlValue[] }[] = [];
  const select = (sql: string, values: readonly SqlValue[] = []): Promise<unknown[]> => {
    all.push({ sql, values });
    return Promise.resolve(all.length === 1 ? [...rows] : []);
  };
  await read({ select } as unknown as Session);
  return all;
}

test('the files to download are read by an index, in order, however many there are', async () => {
  const db = await migratedDatabase();
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
  await db.query(`CREATE TABLE digits AS ${digits}`);
  await db.query(
    'INSERT INTO media_file (media_key, listing_key, state, wanted_for, download_order, retry_at, sizes_for) ' +
      "SELECT n, n DIV 25, ELT(1 + n % 4, 'pending', 'stored', 'stored', 'failed'), 'w', n * 7919 % 1000003, " +
      "'2026-01-01' + INTERVAL n SECOND, IF(n % 8 = 1, '320', '') FROM (" +
      'SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d AS n ' +
      `FROM digits a, digits b, digits c, digits e, digits f, digits g) all_numbers WHERE n < ${ROWS}`,
  );
  await db.query('ANALYZE TABLE media_file');
  const [pending] = await statementsOf((session) => readPendingFiles(session, 300));
  const [due] = await statementsOf((session) => readDueFailures(session, '2026-01-01 01:00:00.000', 210));
  const [value, nextValue, other] = await statementsOf(
    (session) => readOtherSizes(session, '320', 500),
    [{ value: '' }],
  );
  for (const [name, statement, key] of [
    ['pending', pending!, 'state_order'],
    ['due', due!, 'state_retry'],
    ['first sizes', value!, 'state_sizes'],
    ['next sizes', nextValue!, 'state_sizes'],
    ['other sizes', other!, 'state_sizes'],
  ] as const) {
    const [first] = await db.query<Plan>(`${EXPLAIN} ${statement.sql}`, [...statement.values]);
    expect({ name, key: first?.key }).toEqual({ name, key });
    expect(first?.Extra ?? '', name).not.toMatch(/filesort|temporary/);
  }
});
