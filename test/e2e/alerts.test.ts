import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Notice } from '../../src/notify/alert/notice.ts';
import type { AlertKind } from '../../src/model/alert.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, start, trestle, trestleProcess } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { mailServer, type MailServer } from '../helpers/mail-server.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { type ScriptedServer, scriptedServer } from '../helpers/scripted-server.ts';
import { migratedDatabase } from '../helpers/template.ts';

let smtp: MailServer;
let hook: ScriptedServer;

beforeAll(async () => {
  smtp = await mailServer({
    options: {
      allowInsecureAuth: true,
      onAuth: ({ username = '', password = '' }, _, done) => {
        if (`${username}:${password}` === 'etl:smtp-passw0rd') done(null, { user: username });
        else done(new Error('wrong'));
      },
    },
  });
  hook = await scriptedServer({});
});

beforeEach(() => {
  smtp.mails.length = 0;
  hook.asked.length = 0;
});

afterAll(async () => {
  await smtp.close();
  await hook.close();
});

const SECRET_PATH = '/services/T0000/B0000/very-secret-hook';

/** Alerts go to the servers of this file, from a machine that is well. */
function alerting(
  more: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  return {
    ALERT_EMAIL_TO: 'ops@example.com,boss@example.com',
    ALERT_EMAIL_FROM: 'etl@example.com',
    SMTP_URL: `smtp://etl:smtp-passw0rd@${smtp.host}`,
    ALERT_WEBHOOK_URL: `${hook.origin}${SECRET_PATH}`,
    ALERT_DISK_FREE: '1k',
    MIN_DISK_FREE: '1k',
    ...more,
  };
}

function arrived(): { posts: string[]; mails: number } {
  const posts = hook.asked
    .map(({ body }) => JSON.parse(body) as Notice)
    .map(({ kind, state }) => `${kind} ${state}`);
  const found = { posts: posts.toSorted(), mails: smtp.mails.length };
  hook.asked.length = 0;
  smtp.mails.length = 0;
  return found;
}

/** As if so many hours had passed since the last alert. */
function wait(folder: string, hours: number): void {
  const file = join(folder, 'state/alerts.json');
  const entries = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { sentAt: number | null }>;
  for (const entry of Object.values(entries)) {
    if (entry.sentAt !== null) entry.sentAt -= hours * 3_600_000;
  }
  writeFileSync(file, JSON.stringify(entries));
}

function logOf(folder: string, name: string): Record<string, unknown>[] {
  const text = readFileSync(join(folder, `logs/${name}.log`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const AWAY = { TRESTLE_API_BASE_URL: 'http://127.0.0.1:9/trestle/odata', MAX_RETRIES: '0' };

describe('promise 20: each kind arrives by mail and webhook, once, and again only after its time', () => {
  type Scene = {
    readonly settings?: Record<string, string>;
    readonly listings?: number;
    readonly hourQuota?: number;
    readonly prepare?: (sandbox: Sandbox, db: FreshDatabase) => Promise<void> | void;
    readonly code: number;
    readonly args?: string[];
  };
  // The others: test/e2e/schema.test.ts and test/e2e/county-status.test.ts.
  const scenes: Record<Exclude<AlertKind, 'schema' | 'release' | 'source'>, Scene> = {
    failed: { settings: AWAY, code: 69 },
    credentials: { settings: { TRESTLE_CLIENT_SECRET: 'wrong-secret' }, code: 77 },
    quota: { hourQuota: 100, settings: { ALERT_QUOTA_PERCENT: '100' }, code: 0 },
    rejects: {
      settings: { ALERT_REJECT_PERCENT: '1', SYNC_OVERLAP: '3650d' },
      prepare: ({ feed }) => void feed.corrupt(3),
      code: 0,
    },
    fields: {
      settings: { ALERT_FIELD_PERCENT: '1', SYNC_OVERLAP: '3650d' },
      prepare: ({ feed }) => void feed.addConversionFailures(3),
      code: 0,
    },
    lost: {
      // With $expand the fault would not be noticed.
      settings: { MEDIA_STRATEGY: 'resource' },
      prepare: async (sandbox, db) => {
        expect(await trestle(configured(sandbox, db), ['full-load'])).toMatchObject({ code: 0 });
        sandbox.feed.changePhotos(1);
        sandbox.faults.add({ kind: 'status', status: 403, resource: 'Media', count: Infinity });
      },
      code: 0,
    },
    disk: { settings: { ALERT_DISK_FREE: '1000000g' }, code: 0 },
    media: {
      prepare: async (_sandbox, db) => {
        const rows = Array.from(
          { length: 100 },
          (_, nth) => `('m${nth}', 'l', '${nth < 6 ? 'failed' : 'stored'}', '')`,
        );
        await db.query(
          `INSERT INTO media_file (media_key, listing_key, state, wanted_for) VALUES ${rows.join(', ')}`,
        );
      },
      code: 0,
    },
    stale: {
      settings: { QUOTA_MAX_WAIT: '1ms' },
      prepare: async (sandbox, db) => {
        expect(await trestle(configured(sandbox, db), ['full-load'])).toMatchObject({ code: 0 });
        await db.query('UPDATE etl_watermark SET complete_at = complete_at - INTERVAL 13 HOUR');
        sandbox.faults.add({ kind: 'rate-limit', retryAfter: 3600 });
      },
      code: 75,
    },
  };

  test.each(Object.entries(scenes))('%s', async (kind, { settings, hourQuota, prepare, code }) => {
    const sandbox = await sandboxFor({ listings: 20, ...(hourQuota === undefined ? {} : { hourQuota }) });
    const db = await migratedDatabase();
    await prepare?.(sandbox, db);
    const folder = configured(sandbox, db, alerting(settings));
    expect(await trestle(folder, ['sync'])).toMatchObject({ code });
    expect(arrived()).toEqual({ posts: [`${kind} raised`], mails: 1 });
    expect(await trestle(folder, ['sync'])).toMatchObject({ code });
    wait(folder, 3.9);
    expect(await trestle(folder, ['sync'])).toMatchObject({ code });
    expect(arrived()).toEqual({ posts: [], mails: 0 });
    wait(folder, 0.1);
    expect(await trestle(folder, ['sync'])).toMatchObject({ code });
    expect(arrived()).toEqual({ posts: [`${kind} raised`], mails: 1 });
  });
});

test('promise 20: a run that goes well again sends a recovery, once', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
  const folder = configured(sandbox, db, alerting());
  expect(await trestle(folder, ['sync'], AWAY)).toMatchObject({ code: 69 });
  expect(arrived().posts).toEqual(['failed raised']);
  for (const posts of [['failed recovered'], []]) {
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    expect(arrived().posts).toEqual(posts);
  }
});

/** What a run leaves behind, apart from times and ids. */
async function trace(more: Record<string, string | undefined>): Promise<unknown> {
  const [sandbox, db] = [await sandboxFor({ listings: 30 }), await migratedDatabase()];
  const folder = configured(sandbox, db, { MIN_DISK_FREE: '1k', ...more });
  const runs = [await trestle(folder, ['sync']), await trestle(folder, ['sync'], AWAY)];
  const rows = await db.query(
    'SELECT mode, status, records_processed, records_inserted, api_calls_made, error_message FROM etl_sync_log',
  );
  return { runs, rows };
}

describe('promise 20: receivers that are dead', () => {
  test.each(['closed', 'silent'])('(%s) change neither result nor exit code', async (how) => {
    const dead = await rawServer();
    if (how === 'closed') dead.close();
    const address = `http://${dead.host}${SECRET_PATH}`;
    const quiet = await trace({});
    const watched = await trace(
      alerting({
        SMTP_URL: `smtp://etl:smtp-passw0rd@${dead.host}`,
        ALERT_WEBHOOK_URL: address,
        HEALTHCHECK_URL: address,
        ALERT_DISK_FREE: '1000000g',
      }),
    );
    dead.close();
    expect(watched).toEqual(quiet);
  });
});

test('promise 19: what is sent is logged and counted; no secret is in a log, an alert or on the screen', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
  const folder = configured(sandbox, db, alerting({ TRESTLE_CLIENT_SECRET: 'wrong-secret' }));
  const ended = await trestle(folder, ['sync']);
  const sent = logOf(folder, 'etl_main').filter(({ msg }) => String(msg).startsWith('alert'));
  expect(sent).toMatchObject([
    { msg: 'alert sent', kind: 'credentials' },
    { msg: 'alert sent', kind: 'credentials' },
    { msg: 'alerts', sent: 2, failed: 0 },
  ]);
  // Receivers that say back what they should not.
  const gone = await scriptedServer({ data: { status: 404, body: `no ${SECRET_PATH}` } });
  const talking = await mailServer({
    options: {
      allowInsecureAuth: true,
      onAuth: ({ password = '' }, _, done) => done(new Error(`${password} is wrong`)),
    },
  });
  const dead = configured(
    sandbox,
    db,
    alerting({
      ...AWAY,
      ALERT_WEBHOOK_URL: `${gone.origin}${SECRET_PATH}`,
      SMTP_URL: `smtp://etl:smtp-passw0rd@${talking.host}`,
    }),
  );
  await trestle(dead, ['sync']);
  await Promise.all([gone.close(), talking.close()]);
  const failures = logOf(dead, 'errors').filter(({ msg }) => msg === 'an alert could not be sent');
  const messages = failures.map(({ err }) => (err as Error).message).sort();
  expect(messages).toEqual([
    'ALERT_WEBHOOK_URL: answered with status 404: no [hidden]',
    expect.stringContaining('[hidden] is wrong'),
  ]);
  const everything = JSON.stringify([
    ended,
    hook.asked.map(({ body }) => body),
    smtp.mails,
    ...[folder, dead].flatMap((each) => [logOf(each, 'etl_main'), logOf(each, 'errors')]),
  ]);
  expect(everything).not.toMatch(/wrong-secret|smtp-passw0rd|very-secret-hook/);
});

test('promise 20: the commands that an alert names are those of the profile or the file', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
  const folder = configured(sandbox, db, alerting({ TRESTLE_CLIENT_SECRET: 'wrong-secret' }));
  renameSync(join(folder, '.env'), join(folder, '.env.west'));
  const texts = async (...args: string[]): Promise<string> => {
    hook.asked.length = 0;
    await trestle(folder, [...args, 'sync']);
    return hook.asked.map(({ body }) => (JSON.parse(body) as Notice).text).join('\n');
  };
  expect(await texts('--profile', 'west')).toContain('Look at: trestle-etl --profile west doctor');
  // Of another STATE_DIR, which has told nothing yet; who reads it is in another folder.
  expect(await texts('--env-file', '.env.west')).toContain(
    `Look at: trestle-etl --env-file ${join(folder, '.env.west')} doctor`,
  );
});

test('a dry run and a look tell nobody, however it ends', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
  const folder = configured(sandbox, db, alerting({ ...AWAY, HEALTHCHECK_URL: `${hook.origin}/ping` }));
  for (const args of [['sync', '--dry-run'], ['reconcile', '--dry-run'], ['status', '--check'], ['verify']]) {
    await trestle(folder, args);
  }
  expect(hook.asked).toEqual([]);
  expect(smtp.mails).toEqual([]);
});

test('a run that is stopped sends no alert, and leaves the heartbeat open', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 300 }), await migratedDatabase()];
  const folder = configured(
    sandbox,
    db,
    alerting({ HEALTHCHECK_URL: `${hook.origin}/ping`, PAGE_SIZE: '5', ALERT_DISK_FREE: '1000000g' }),
  );
  const run = start(folder, ['full-load']);
  sandbox.onRequest = () => {
    if (sandbox.requests.length > 5) run.child.kill('SIGTERM');
    sandbox.onRequest = sandbox.requests.length > 5 ? undefined : sandbox.onRequest;
  };
  expect(await run.ended).toMatchObject({ code: 143 });
  expect(hook.asked.map(({ path }) => path)).toEqual(['/ping/start']);
  expect(smtp.mails).toEqual([]);
  expect(logOf(folder, 'errors').filter(({ msg }) => /alert/.test(String(msg)))).toEqual([]);
});

describe('promise 20: the heartbeat', () => {
  test.each<[string, string[], Record<string, string>, string[]]>([
    ['a sync that goes well', ['sync'], {}, ['/ping/start', '/ping']],
    ['a sync that fails', ['sync'], AWAY, ['/ping/start', '/ping/fail']],
    ['a reconcile that goes well', ['reconcile'], {}, ['/ping/start', '/ping']],
    ['a command that is no run', ['migrate'], {}, []],
  ])('of %s', async (_, args, env, pings) => {
    const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
    await trestle(configured(sandbox, db), ['sync']);
    const folder = configured(sandbox, db, { HEALTHCHECK_URL: `${hook.origin}/ping` });
    await trestle(folder, args, env);
    expect(hook.asked.map(({ path }) => path)).toEqual(pings);
  });

  test('of a run that finds another one active is neither good nor bad', async () => {
    const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
    const folder = configured(sandbox, db, { HEALTHCHECK_URL: `${hook.origin}/ping` });
    let second: ReturnType<typeof trestle> | undefined;
    sandbox.onRequest = async () => {
      second ??= trestleProcess(folder, ['sync']);
      await second;
    };
    expect(await trestleProcess(folder, ['sync'])).toMatchObject({ code: 0 });
    expect(await second).toMatchObject({ code: 75 });
    expect(hook.asked.map(({ path }) => path)).toEqual(['/ping/start', '/ping/start', '/ping']);
  });
});

describe('alert test', () => {
  test('sends one by each way, whatever was sent before, and remembers nothing', async () => {
    const [sandbox, db] = [await sandboxFor({ listings: 1 }), await migratedDatabase()];
    const folder = configured(sandbox, db, alerting({ ALERT_WEBHOOK_FORMAT: 'slack' }));
    for (let times = 0; times < 2; times += 1) {
      expect(await trestle(folder, ['alert', 'test'])).toEqual({
        code: 0,
        signal: null,
        stdout: 'email: sent\nwebhook: sent\n',
        stderr: '',
      });
    }
    expect(smtp.mails).toMatchObject([{ to: ['ops@example.com', 'boss@example.com'] }, {}]);
    expect(hook.asked.map(({ body }) => Object.keys(JSON.parse(body) as object))).toEqual([
      ['text'],
      ['text'],
    ]);
    expect(() => readFileSync(join(folder, 'state/alerts.json'))).toThrow(/ENOENT/);
  });

  test('says what does not work, with exit code 1, and no secret', async () => {
    const [sandbox, db] = [await sandboxFor({ listings: 1 }), await migratedDatabase()];
    const gone = await scriptedServer({ data: { status: 404, body: `no ${SECRET_PATH}` } });
    const folder = configured(sandbox, db, alerting({ ALERT_WEBHOOK_URL: `${gone.origin}${SECRET_PATH}` }));
    const ended = await trestle(folder, ['alert', 'test']);
    await gone.close();
    expect(ended).toMatchObject({
      code: 1,
      stdout: 'email: sent\nwebhook: ALERT_WEBHOOK_URL: answered with status 404: no [hidden]\n',
    });
    expect(ended.stderr).toMatch(
      /^trestle-etl: the test alert did not reach every recipient by webhook — .*\n$/,
    );
  });

  test('says that nobody is named, with exit code 78', async () => {
    const [sandbox, db] = [await sandboxFor({ listings: 1 }), await migratedDatabase()];
    const ended = await trestle(configured(sandbox, db), ['alert', 'test']);
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toMatch(/no recipient is configured — set ALERT_WEBHOOK_URL/);
  });
});
