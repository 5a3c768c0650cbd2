import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { grantStatement, missingRights, RIGHTS } from '../../src/db/rights.ts';
import { documentedGrant, type FreshDatabase, freshDatabase } from '../helpers/database.ts';

/** Uses a new connection: the server reads rights when a connection starts. */
async function missing(db: FreshDatabase): Promise<string[]> {
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  try {
    return await missingRights(database);
  } finally {
    await database.close();
  }
}

test('the checked rights are those of docs/database.md', () => {
  expect(/^GRANT (.+) ON /.exec(documentedGrant())?.[1]?.split(', ')).toEqual(RIGHTS);
});

test('a user who has all rights lacks none, and the check changes nothing', async () => {
  const db = await freshDatabase();
  expect(await missing(db)).toEqual([]);
  expect(await db.query('SHOW TABLES')).toEqual([]);
});

test.each(RIGHTS)('a missing %s is the only one reported', async (right) => {
  const db = await freshDatabase();
  await db.query(`REVOKE ${right} ON \`${db.name.replaceAll('_', '\\_')}\`.* FROM '${db.user}'@'%'`);
  expect(await missing(db)).toEqual([right]);
});

test('rights granted by a role count', async () => {
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

/** A database and a user without rights on it, both with odd names; gone when `work` ends. */
async function withNames(
  { query, host, port }: FreshDatabase,
  [database, user]: readonly [database: string, user: string],
  work: (own: Database) => Promise<void>,
): Promise<void> {
  const name = `\`${database.replaceAll('`', '``')}\``;
  const account = `\`${user.replaceAll('`', '``')}\`@'%'`;
  await query(`CREATE DATABASE ${name}`);
  await query(`CREATE USER ${account} IDENTIFIED BY 'p'`);
  const address = { host, port, database, user, password: 'p', socket: undefined, tls: undefined };
  try {
    // A user without any right may not use a database.
    await query(`GRANT SELECT ON *.* TO ${account}`);
    const own = openDatabase(address);
    try {
      await work(own);
    } finally {
      await own.close();
    }
  } finally {
    await query(`DROP USER ${account}`);
    await query(`DROP DATABASE ${name}`);
  }
}

test.each([
  ['homes', "o'neil"],
  ["o'neil's homes", 'back\\slash'],
  ['a_b%c', 'a`b'],
  ['a`b', 'a"b'],
  ['back\\slash_', 'me@home'],
  ['ünïcode', 'jörg'],
] as const)(
  'the GRANT for database %s and user %s is valid, and grants what was missing',
  async (...pair) => {
    const db = await freshDatabase();
    const [name, user] = [`${db.name.slice(-10)}${pair[0]}`, `${db.name.slice(-6)}${pair[1]}`];
    await withNames(db, [name, user], async (own) => {
      const [row] = await own.select<{ account: string }>('SELECT CURRENT_USER() AS account');
      expect(await missingRights(own)).toEqual(RIGHTS.filter((right) => right !== 'SELECT'));
      await db.query(grantStatement(name, row!.account));
      const again = openDatabase({
        ...db,
        database: name,
        user,
        password: 'p',
        socket: undefined,
        tls: undefined,
      });
      try {
        expect(await missingRights(again)).toEqual([]);
      } finally {
        await again.close();
      }
    });
  },
);

test('the GRANT is for this database alone, and for the anonymous user too', () => {
  expect(grantStatement('a_b', "o'neil@10.0.0.0/255.0.0.0")).toBe(
    `GRANT ${RIGHTS.join(', ')} ON \`a\\_b\`.* TO \`o'neil\`@\`10.0.0.0/255.0.0.0\``,
  );
  expect(grantStatement('a', '@localhost')).toContain("TO ''@`localhost`");
});
