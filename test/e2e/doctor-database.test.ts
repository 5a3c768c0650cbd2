import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { doctor, expectMended, expectOnly, found, reported, set } from '../helpers/doctor.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

let sandbox: Sandbox;
let db: FreshDatabase;

/** A database that a first sync has filled. */
beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 20 });
  db = await freshDatabase();
  expect(await trestle(configured(sandbox, db), ['sync'])).toMatchObject({ code: 0 });
});

describe('doctor finds what is wrong with the database, and its advice mends it:', () => {
  test('a server that is down', async () => {
    const folder = configured(sandbox, db, {
      MYSQL_HOST: '127.0.0.1',
      MYSQL_PORT: '9',
      MYSQL_SOCKET: undefined,
    });
    const report = await doctor(folder);
    expectOnly(report, 'database', /cannot be reached.*ECONNREFUSED/, /server is running.*MYSQL_PORT/);
    expect(found(report, 'database rights')).toMatchObject({ result: 'skipped', what: 'needs: database' });
    expect(found(report, 'API Media').result).toBe('ok');
    set(folder, db.env);
    expectMended(await doctor(folder), 'database');
  });

  test('a wrong password, which it does not show, not even where it stands for the user too', async () => {
    const folder = configured(sandbox, db, { MYSQL_USER: 'hush-hush', MYSQL_PASSWORD: 'hush-hush' });
    const report = await doctor(folder);
    expectOnly(report, 'database', /refused the sign-in/, /MYSQL_PASSWORD/);
    expect(report.stdout).not.toContain('hush-hush');
    set(folder, db.env);
    expectMended(await doctor(folder), 'database');
  });

  test('a database that is not there', async () => {
    const own = await freshDatabase();
    await own.query(`DROP DATABASE ${own.name}`);
    const folder = configured(sandbox, own);
    const { advice } = expectOnly(await doctor(folder), 'database', /cannot be used/, /CREATE DATABASE/);
    const statement = /CREATE DATABASE name CHARACTER SET \w+/.exec(advice!)![0];
    await own.query(statement.replace('name', own.name));
    expectMended(await doctor(folder), 'database');
  });

  test.each(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'CREATE VIEW'])(
    'a user without %s',
    async (right) => {
      const own = await freshDatabase();
      const folder = configured(sandbox, own);
      if (right === 'DELETE') expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0 });
      await own.query(`REVOKE ${right} ON \`${own.name.replaceAll('_', '\\_')}\`.* FROM '${own.user}'@'%'`);
      const { advice } = expectOnly(
        await doctor(folder),
        'database rights',
        new RegExp(`lacks ${right} on ${own.name}`),
        /administrator: GRANT/,
      );
      await own.query(/GRANT .+$/.exec(advice!)![0]);
      expectMended(await doctor(folder), 'database rights');
    },
  );

  test('a user without CREATE, ALTER and CREATE VIEW is no failure once the tables are there', async () => {
    const own = await freshDatabase();
    const folder = configured(sandbox, own);
    expect(await trestle(folder, ['migrate'])).toMatchObject({ code: 0 });
    await own.query(
      `REVOKE CREATE, ALTER, CREATE VIEW ON \`${own.name.replaceAll('_', '\\_')}\`.* FROM '${own.user}'@'%'`,
    );
    const report = await doctor(folder);
    expect(report.code).toBe(0);
    expect(found(report, 'database rights')).toMatchObject({ result: 'warn' });
  });

  test('a user that can only read is enough for the configuration of serve, and for no other', async () => {
    const own = await freshDatabase();
    const folder = configured(sandbox, own);
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0 });
    await own.query(
      `REVOKE INSERT, UPDATE, DELETE, CREATE, ALTER, CREATE VIEW ON \`${own.name.replaceAll('_', '\\_')}\`.* FROM '${own.user}'@'%'`,
    );
    const loading = await doctor(folder);
    expectOnly(loading, 'database rights', /SELECT alone is enough for serve/, /administrator: GRANT/);
    const settings = readFileSync(join(folder, '.env'), 'utf8');
    const served = async (columns: string) => {
      const serve = `SERVE_KEYS=site:${'k'.repeat(48)}\nSERVE_LISTINGS=on\nSERVE_DISCLAIMER=x\nSERVE_LISTING_COLUMNS=${columns}\n`;
      writeFileSync(join(folder, '.env.serve'), settings + serve, { mode: 0o600 });
      return reported(await trestle(folder, ['--profile', 'serve', 'doctor', '--json']));
    };
    const good = await served('close_price');
    expect(found(good, 'database rights')).toMatchObject({ result: 'warn' });
    expect(found(good, 'served columns')).toMatchObject({ result: 'ok', what: 'close_price' });
    expect(good.code).toBe(0);
    expectOnly(await served('nope_x'), 'served columns', /nope_x/, /fields add/);
    expectOnly(await served('private_remarks'), 'served columns', /private_remarks/, /remove/);
  });

  test('tables of a newer version', async () => {
    const own = await freshDatabase();
    const folder = configured(sandbox, own);
    await trestle(folder, ['migrate']);
    await own.query("INSERT INTO etl_schema_version VALUES (9999, 'x', NOW(), NOW())");
    expectOnly(
      await doctor(folder),
      'tables',
      /version 9999/,
      /install the trestle-etl version that created it, or a newer one/,
    );
    await own.query('DELETE FROM etl_schema_version WHERE version = 9999');
    expectMended(await doctor(folder), 'tables');
  });

  test("somebody else's tables", async () => {
    const own = await freshDatabase();
    await own.query('CREATE TABLE media (id INT)');
    const folder = configured(sandbox, own);
    expectOnly(
      await doctor(folder),
      'tables',
      /did not make: media/,
      /CREATE DATABASE, then set MYSQL_DATABASE/,
    );
    const other = await freshDatabase();
    set(folder, other.env);
    expectMended(await doctor(folder), 'tables');
  });

  test('tables of an older version are brought up to date by migrate', async () => {
    const own = await freshDatabase();
    const folder = configured(sandbox, own);
    await trestle(folder, ['migrate']);
    await own.query('UPDATE etl_schema_version SET applied_at = NULL ORDER BY version DESC LIMIT 1');
    expect(found(await doctor(folder), 'tables')).toMatchObject({
      result: 'warn',
      advice: expect.stringContaining('trestle-etl migrate') as string,
    });
    expect(await trestle(folder, ['migrate'])).toMatchObject({ code: 0 });
    expect(found(await doctor(folder), 'tables')).toMatchObject({ result: 'ok' });
  });

  test('a last success that is too long ago', async () => {
    const own = await freshDatabase();
    const folder = configured(sandbox, own);
    await trestle(folder, ['sync']);
    await own.query('UPDATE etl_watermark SET complete_at = complete_at - INTERVAL 2 DAY');
    const { advice } = expectOnly(
      await doctor(folder),
      'last success',
      /in step with the feed 2 d.*12 h/,
      /cron/,
    );
    const [, command] = /^run trestle-etl (\w+)/.exec(advice!)!;
    expect(await trestle(folder, [command!])).toMatchObject({ code: 0 });
    expectMended(await doctor(folder), 'last success');
  });
});
