import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { missingRights, RIGHTS } from '../../src/db/rights.ts';
import { documentedGrant, type FreshDatabase, freshDatabase } from '../helpers/database.ts';

/** On a connection of its own: the server looks at rights when one begins. */
async function missing(db: FreshDatabase): Promise<string[]> {
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  try {
    return await missingRights(database);
  } finally {
    await database.close();
  }
}

test('the rights that are looked for are those of docs/database.md', () => {
  expect(/^GRANT (.+) ON /.exec(documentedGrant())?.[1]?.split(', ')).toEqual(RIGHTS);
});

test('a user who has them all lacks none, and nothing is changed by looking', async () => {
  const db = await freshDatabase();
  expect(await missing(db)).toEqual([]);
  expect(await db.query('SHOW TABLES')).toEqual([]);
});

test.each(RIGHTS)('%s is missed, and it alone', async (right) => {
  const db = await freshDatabase();
  await db.query(`REVOKE ${right} ON \`${db.name.replaceAll('_', '\\_')}\`.* FROM '${db.user}'@'%'`);
  expect(await missing(db)).toEqual([right]);
});

test('rights that come by a role count', async () => {
  const db = await freshDatabase();
  const [name, role] = [`\`${db.name.replaceAll('_', '\\_')}\``, `role_${db.user}`];
  await db.query(`REVOKE DELETE ON ${name}.* FROM '${db.user}'@'%'`);
  await db.query(`CREATE ROLE ${role}`);
  try {
    await db.query(`GRANT DELETE ON ${name}.* TO ${role}`);
    await db.query(`GRANT ${role} TO '${db.user}'@'%'`);
    expect(await missing(db)).toEqual(['DELETE']);
    const isMaria = String((await db.query('SELECT VERSION() AS v'))[0]!['v']).includes('Maria');
    const to = isMaria
      ? `DEFAULT ROLE ${role} FOR '${db.user}'@'%'`
      : `DEFAULT ROLE ${role} TO '${db.user}'@'%'`;
    await db.query(`SET ${to}`);
    expect(await missing(db)).toEqual([]);
  } finally {
    await db.query(`DROP ROLE ${role}`);
  }
});
