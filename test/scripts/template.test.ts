import { expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/pool.ts';
import { freshDatabase } from '../helpers/database.ts';
import { migratedDatabase, statementsOf } from '../helpers/template.ts';

test('a database made from the template is as migrations leave it, in every table, row and view', async () => {
  const [migrated, copied] = [await freshDatabase(), await migratedDatabase()];
  const database = openDatabase({ ...migrated, socket: undefined, database: migrated.name, tls: undefined });
  await migrate(await database.connect(), Date.now());
  await database.close();
  // MySQL shows a column's character set if a statement named it, though it is the table's own.
  const varying = /'\d{4}-\d\d-\d\d [\d:.]+'| CHARACTER SET utf8mb4/g;
  const [one, other] = [await statementsOf(migrated), await statementsOf(copied)];
  expect(other.replaceAll(varying, '')).toBe(one.replaceAll(varying, ''));
  expect(one.match(/CREATE TABLE/g)!.length).toBeGreaterThan(30);
  expect(one.match(/CREATE ALGORITHM.* VIEW/g)!.length).toBeGreaterThan(2);
});
