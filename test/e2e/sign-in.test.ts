import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, serverKind } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const isMaria = serverKind() === 'mariadbd';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 5 });
});

type Statements = (db: FreshDatabase, account: string) => readonly string[];

/** What an administrator does to the account, how a run then ends, and what its line says. */
const CASES: readonly (readonly [name: string, statements: Statements, code: number, says: RegExp])[] = [
  [
    'an account that must use TLS',
    (_, account) => [`ALTER USER ${account} REQUIRE SSL`],
    77,
    /refused the sign-in: Access denied .* — check MYSQL_USER and MYSQL_PASSWORD; .*set MYSQL_SSL=on; .*MYSQL_SSL_CERT/,
  ],
  [
    'an account that is locked',
    (_, account) => [`ALTER USER ${account} ACCOUNT LOCK`],
    77,
    /account cannot be used: .*locked.* — .*ACCOUNT UNLOCK/,
  ],
  [
    'a password that has expired',
    (_, account) => [`ALTER USER ${account} PASSWORD EXPIRE`],
    77,
    /account cannot be used: .*password.* — .*PASSWORD EXPIRE NEVER/i,
  ],
  [
    'an account of another host',
    ({ user }) => [`RENAME USER '${user}'@'%' TO '${user}'@'192.0.2.1'`],
    77,
    /refused the sign-in: .* — check MYSQL_USER/,
  ],
  isMaria
    ? [
        'a plug-in that the driver does not have',
        ({ password }, account) => [
          "INSTALL SONAME 'auth_ed25519'",
          `ALTER USER ${account} IDENTIFIED VIA ed25519 USING PASSWORD('${password}')`,
        ],
        78,
        /plug-in that trestle-etl does not support: client_ed25519 — .*caching_sha2_password.*mysql_native_password/,
      ]
    : [
        'a plug-in that the server does not load any more',
        ({ user }) => [
          `UPDATE mysql.user SET plugin = 'mysql_native_password' WHERE user = '${user}'`,
          'FLUSH PRIVILEGES',
        ],
        78,
        /plug-in that cannot be used: .*mysql_native_password.* — .*caching_sha2_password/,
      ],
];

test.each(CASES)('%s ends a run with one line that says what to do', async (_, statements, code, says) => {
  const db = await migratedDatabase();
  const folder = configured(sandbox, db);
  for (const statement of statements(db, `'${db.user}'@'%'`)) {
    // The plug-in may be there from an earlier run of this test.
    await db.query(statement).catch((error: { errno?: number }) => {
      if (error.errno !== 1968) throw error;
    });
  }
  for (const command of ['sync', 'status']) {
    const ended = await trestle(folder, [command]);
    expect(ended.stderr.trimEnd()).toMatch(says);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended).toMatchObject({ code, stdout: '' });
  }
  await db.query(`DROP USER IF EXISTS '${db.user}'@'192.0.2.1'`);
});

/** The private MariaDB of the tests offers no TLS; MySQL makes itself a certificate of an authority that nobody knows. */
test.each(['on', 'verify-ca'])('MYSQL_SSL=%s that cannot work ends with one line and 78', async (mode) => {
  const folder = configured(sandbox, await migratedDatabase(), {
    MYSQL_SSL: mode,
    MYSQL_SSL_CA: 'ca.pem',
    MYSQL_SOCKET: undefined,
  });
  writeFileSync(join(folder, 'ca.pem'), createAuthority('Another authority').certificate);
  const ended = await trestle(folder, ['sync']);
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr).toMatch(
    isMaria
      ? /TLS to the database cannot be used: .* — set ssl_cert and ssl_key on the server; or remove the MYSQL_SSL variables/
      : /TLS to the database cannot be used: .* — set MYSQL_SSL_CA /,
  );
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});
