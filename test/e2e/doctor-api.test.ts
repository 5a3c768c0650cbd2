import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { doctor, expectMended, expectOnly, found, set } from '../helpers/doctor.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

let sandbox: Sandbox;
let db: FreshDatabase;

/** A database that a first sync has filled. */
beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 20 });
  db = await migratedDatabase();
  expect(await trestle(configured(sandbox, db), ['sync'])).toMatchObject({ code: 0 });
});

describe('doctor finds what is wrong with the API, and its advice mends it:', () => {
  test('a wrong secret, which it does not show', async () => {
    const folder = configured(sandbox, db, { TRESTLE_CLIENT_SECRET: 'wrong-secret' });
    const report = await doctor(folder);
    expectOnly(report, 'API sign-in', /refused the credentials/, /TRESTLE_CLIENT_SECRET/);
    expect(report.stdout).not.toContain('wrong-secret');
    expect(found(report, 'API Property')).toMatchObject({ result: 'skipped', what: 'needs: API sign-in' });
    set(folder, { TRESTLE_CLIENT_SECRET: sandbox.clientSecret });
    expectMended(await doctor(folder), 'API sign-in');
  });

  test('a name that is none', async () => {
    const folder = configured(sandbox, db, {
      TRESTLE_API_BASE_URL: 'https://api.trestle.invalid/trestle/odata',
    });
    const report = await doctor(folder);
    expectOnly(
      report,
      'API address',
      /ENOTFOUND|EAI_AGAIN/,
      /TRESTLE_API_BASE_URL.*getent hosts api\.trestle\.invalid/,
    );
    expect(found(report, 'clock').result).toBe('skipped');
    expect(found(report, 'API quota')).toMatchObject({
      result: 'skipped',
      what: expect.stringContaining('not reached') as string,
    });
    set(folder, { TRESTLE_API_BASE_URL: sandbox.url });
    expectMended(await doctor(folder), 'API address');
  });

  test('a sign-in elsewhere whose name is none, or that takes no connection', async () => {
    const folder = configured(sandbox, db, { TRESTLE_TOKEN_URL: 'https://id.trestle.invalid/token' });
    const advice = /TRESTLE_TOKEN_URL.*getent hosts id\.trestle\.invalid/;
    expectOnly(await doctor(folder), 'API address', /^id\.trestle\.invalid: (ENOTFOUND|EAI_AGAIN)/, advice);
    set(folder, { TRESTLE_TOKEN_URL: 'http://127.0.0.1:9/token' });
    const curl = /TRESTLE_TOKEN_URL.*curl -v http:\/\/127\.0\.0\.1:9\/token/;
    expectOnly(await doctor(folder), 'API connection', /^127\.0\.0\.1:9: ECONNREFUSED/, curl);
    set(folder, { TRESTLE_TOKEN_URL: sandbox.tokenUrl });
    expectMended(await doctor(folder), 'API address');
  });

  test('a host that takes no connection', async () => {
    const folder = configured(sandbox, db, { TRESTLE_API_BASE_URL: 'http://127.0.0.1:9/trestle/odata' });
    const report = await doctor(folder);
    expectOnly(report, 'API connection', /ECONNREFUSED/, /TRESTLE_API_BASE_URL.*firewall.*curl -v/);
    set(folder, { TRESTLE_API_BASE_URL: sandbox.url });
    expectMended(await doctor(folder), 'API connection');
  });

  test('a service that speaks no TLS', async () => {
    const url = sandbox.url.replace('http:', 'https:');
    const folder = configured(sandbox, db, { TRESTLE_API_BASE_URL: url });
    expectOnly(await doctor(folder), 'API connection', /EPROTO|SSL|TLS/, /clock.*NODE_EXTRA_CA_CERTS/);
  });

  test('a root with a wrong path', async () => {
    const folder = configured(sandbox, db, {
      TRESTLE_API_BASE_URL: sandbox.url.replace('/odata', '/data'),
      TRESTLE_TOKEN_URL: sandbox.tokenUrl,
      RESOURCES: 'Property',
    });
    expectOnly(await doctor(folder), 'API Property', /404/, /TRESTLE_API_BASE_URL is wrong/);
    set(folder, { TRESTLE_API_BASE_URL: sandbox.url });
    expectMended(await doctor(folder), 'API Property');
  });

  test('a root with a wrong path whose token address follows it', async () => {
    const folder = configured(sandbox, db, {
      TRESTLE_API_BASE_URL: sandbox.url.replace('/trestle', '/tresle'),
    });
    expectOnly(await doctor(folder), 'API sign-in', /404.*not a token endpoint/, /TRESTLE_API_BASE_URL/);
    set(folder, { TRESTLE_API_BASE_URL: sandbox.url });
    expectMended(await doctor(folder), 'API sign-in');
  });

  test('a resource that is not licensed', async () => {
    const folder = configured(sandbox, db);
    sandbox.faults.add({ kind: 'status', status: 403, resource: 'Media', count: Infinity });
    const report = await doctor(folder);
    // Runs go well without it.
    expect(found(report, 'API Media')).toMatchObject({
      result: 'warn',
      what: expect.stringMatching(/^not licensed, every run skips it: .*\/Media answered 403/),
      advice: 'take Media out of RESOURCES',
    });
    expect(found(report, 'API Property').result).toBe('ok');
    sandbox.faults.add({ kind: 'status', status: 403, resource: 'Property', count: Infinity });
    expectOnly(
      await doctor(folder),
      'API Property',
      /\/Property answered 403/,
      /licence may lack this resource/,
    );
    sandbox.faults.clear();
    sandbox.faults.add({ kind: 'status', status: 403, resource: 'Media', count: Infinity });
    set(folder, { RESOURCES: 'Property' });
    expectMended(await doctor(folder), 'API Property');
    sandbox.faults.clear();
  });

  test('a field that the feed does not have', async () => {
    const folder = configured(sandbox, db, { PROPERTY_SELECT: 'ListPrice,PoolDepth' });
    // What the last run has learned of the feed; without that it is asked for, and refused.
    expect(found(await doctor(folder), 'API Property')).toMatchObject({
      result: 'warn',
      what: 'licensed, but without PoolDepth: left out by every run',
    });
    await db.query('DELETE FROM etl_feed_schema');
    expectOnly(await doctor(folder), 'API Property', /400.*PoolDepth/, /PROPERTY_SELECT/);
    set(folder, { PROPERTY_SELECT: 'ListPrice' });
    expectMended(await doctor(folder), 'API Property');
  });

  test('a filter that the feed does not take', async () => {
    const folder = configured(sandbox, db, { MEDIA_FILTER: "NoSuchField eq 'x'" });
    expectOnly(await doctor(folder), 'API Media', /400.*NoSuchField/, /filters \(PROPERTY_FILTER …\)/);
  });

  test('a quota that is spent', async () => {
    const poor = await sandboxFor({ listings: 5, hourQuota: 1, hourWindowMs: 1e12 });
    const folder = configured(poor, db, { MAX_RETRIES: '0' });
    mkdirSync(join(folder, 'state'), { mode: 0o700 });
    await doctor(folder);
    const report = await doctor(folder);
    expect(report.code).toBe(1);
    expect(found(report, 'API quota')).toMatchObject({
      result: 'fail',
      advice: expect.stringMatching(/^wait.*run trestle-etl doctor again/) as string,
    });
    expect(found(report, 'API sign-in')).toMatchObject({ result: 'skipped' });
  });

  test.each(['Property', 'token'])(
    'promise 14: a 429 without a word of the quota, for %s: nothing is sent again',
    async (resource) => {
      const folder = configured(sandbox, db);
      sandbox.faults.add({ kind: 'status', status: 429, resource, retryAfter: '1', count: Infinity });
      sandbox.requests.length = 0;
      const report = await doctor(folder);
      sandbox.faults.clear();
      expect(found(report, 'API quota').result).toBe('fail');
      expect(report.code).toBe(1);
      expect(sandbox.requests.map(({ kind }) => kind)).toEqual(
        resource === 'token' ? ['token'] : ['token', 'data'],
      );
    },
  );

  test('a clock that is ten minutes off', async () => {
    const folder = configured(sandbox, db);
    sandbox.faults.add({ kind: 'clock', by: 600_000, count: 2 });
    expectOnly(await doctor(folder), 'clock', /clock is (10 min|9 min 5\d s).* behind the API's/, /set-ntp/);
    expectMended(await doctor(folder), 'clock');
  });
});
