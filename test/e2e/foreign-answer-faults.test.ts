import { describe, expect, test } from 'vitest';
import { BlockedError } from '../../src/errors.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';

const DENIED = '<html><head><title>Access Denied</title></head><body>Reference #18.2d</body></html>';

type Detail = Record<string, Record<string, unknown>>;

async function lastRun({ db }: Pick<Pipeline, 'db'>): Promise<{ status: string; detail: Detail }> {
  const [row] = await db.query('SELECT status, detail FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  return { status: String(row!['status']), detail: JSON.parse(String(row!['detail'])) as Detail };
}

/** From now on a request that names one of these keys is refused, and counted. */
function block(
  sandbox: Sandbox,
  keys: readonly string[],
  status: number,
  body?: string,
): { refused: number } {
  const seen = { refused: 0 };
  sandbox.onRequest = ({ query, resource = '' }) => {
    if (!keys.some((key) => query['$filter']?.includes(`'${key}'`))) return;
    seen.refused += 1;
    sandbox.faults.add({ kind: 'status', status, resource, ...(body === undefined ? {} : { body }) });
  };
  return seen;
}

describe('promise 13: a page of a CDN or gateway is not the licence', () => {
  test.each([403, 404])('%i for all media: exit 69 with its words, nothing is skipped', async (status) => {
    const hook = await scriptedServer({});
    const all = await pipeline({ listings: 60 });
    const more = { MAX_RETRIES: '1', MEDIA_STRATEGY: 'resource', HEALTHCHECK_URL: `${hook.origin}/ping` };
    const folder = configured(all.sandbox, all.db, more);
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
    all.sandbox.feed.changePhotos(20);
    all.sandbox.faults.add({ kind: 'status', status, body: DENIED, resource: 'Media', count: Infinity });
    hook.asked.length = 0;
    const ended = await trestle(folder, ['sync']);
    expect(ended).toMatchObject({ code: 69, stdout: '' });
    expect(ended.stderr).toContain(`/Media answered ${status} with "Access Denied" as text/html`);
    expect(hook.asked.map(({ path }) => path)).toEqual(['/ping/start', '/ping/fail']);
    expect((await lastRun(all)).detail['Media']?.['skipped']).toBeUndefined();
    all.sandbox.faults.clear();
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0 });
    expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
    await hook.close();
  });

  test('one that passes is survived', async () => {
    const { sandbox, db, run } = await pipeline({ listings: 60 });
    const page = { kind: 'status', status: 403, body: DENIED } as const;
    sandbox.faults.add({ ...page, resource: 'Property' });
    sandbox.faults.add({ ...page, resource: 'Media' });
    expect(await run()).toMatchObject({ status: 'success' });
    sandbox.feed.changePhotos(20);
    sandbox.faults.add({ ...page, resource: 'Media', count: 2 });
    expect(await run()).toMatchObject({ status: 'success' });
    expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  });
});

describe('promise 16: a resource that was loaded and is refused now', () => {
  test('makes the run partial, its heartbeat bad, and the tables stale', async () => {
    const hook = await scriptedServer({});
    const all = await pipeline({ listings: 30 });
    const more = { MEDIA_STRATEGY: 'resource', HEALTHCHECK_URL: `${hook.origin}/ping` };
    const folder = configured(all.sandbox, all.db, more);
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
    await all.db.query('UPDATE etl_watermark SET complete_at = complete_at - INTERVAL 2 DAY');
    all.sandbox.feed.changePhotos(5);
    all.sandbox.faults.add({ kind: 'status', status: 403, resource: 'Media', count: Infinity });
    hook.asked.length = 0;
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    const { status, detail } = await lastRun(all);
    expect(status).toBe('partial');
    expect(detail['Media']).toMatchObject({
      isLost: true,
      skipped: expect.stringMatching(/^no longer licensed: /) as string,
    });
    expect(hook.asked.map(({ path }) => path)).toEqual(['/ping/start', '/ping/fail']);
    const check = await trestle(folder, ['status', '--check']);
    expect(check.code).toBe(1);
    await hook.close();
  });
});

describe('promise 9: a list of keys that is refused is asked for again in halves', () => {
  test.each([
    ['403 of a firewall', 403, DENIED],
    ['404 of a gateway', 404, ''],
    ['400 of the API', 400, undefined],
    ['403 of the API', 403, undefined],
    ['414 of a web server', 414, '<h1>Request-URI Too Large</h1>'],
    ['431 of a web server', 431, ''],
  ])('down to the one listing whose key it is: %s', async (_, status, body) => {
    const { sandbox, db, run, lines } = await pipeline({ listings: 60 });
    await run();
    const changed = sandbox.feed.changePhotos(24).toSorted();
    const poison = changed[17]!;
    const seen = block(sandbox, [poison], status, body);
    const outcome = await run({}, { odata: { maxRetries: 5 } });
    expect(outcome.status).toBe('partial');
    expect(outcome.resources['Media']).toMatchObject({ sets: 23, refused: 1 });
    // Five lists and the key itself, which a gateway is asked for three times.
    expect(seen.refused).toBeLessThanOrEqual(8);
    expect(lines.filter(({ message }) => message.startsWith('refused'))).toMatchObject([
      { data: { listing: poison } },
    ]);
    expect(await db.query('SELECT listing_key FROM properties WHERE media_due = 1')).toEqual([
      { listing_key: poison },
    ]);
    sandbox.onRequest = undefined;
    await db.query('UPDATE properties SET media_retry_at = NULL');
    expect(await run()).toMatchObject({ status: 'success' });
    expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  });

  test('a list that is too long is halved until it is short enough, and nothing is reported', async () => {
    const { sandbox, db, run } = await pipeline({ listings: 60 });
    await run();
    sandbox.feed.changePhotos(24);
    sandbox.onRequest = ({ query, resource = '' }) => {
      if ((query['$filter'] ?? '').split(',').length <= 5) return;
      sandbox.faults.add({ kind: 'status', status: 414, body: '', resource });
    };
    const outcome = await run();
    expect(outcome.status).toBe('success');
    expect(outcome.resources['Media']).not.toHaveProperty('refused');
    expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  });

  test('a single listing that is due and refused is told from a feed that refuses all', async () => {
    const { sandbox, run } = await pipeline({ listings: 30 });
    await run();
    const [poison = ''] = sandbox.feed.changePhotos(1);
    block(sandbox, [poison], 403, DENIED);
    const settings = { odata: { maxRetries: 1 } };
    expect(await run({}, settings)).toMatchObject({
      status: 'partial',
      resources: { Media: { refused: 1 } },
    });
    sandbox.feed.changePhotos(1);
    sandbox.onRequest = undefined;
    sandbox.faults.add({ kind: 'status', status: 403, body: DENIED, resource: 'Media', count: Infinity });
    await expect(run({}, settings)).rejects.toThrow(BlockedError);
  });

  test('promise 8: a key that is refused is neither fetched nor deleted by a reconcile', async () => {
    const { sandbox, db, run, reconcile } = await pipeline({ listings: 60 });
    await run({ resources: [property] });
    const keys = [...sandbox.feed.records('Property')]
      .map((record) => readText(record, 'ListingKey'))
      .toSorted();
    const [gone, kept] = [keys[10]!, keys[20]!];
    sandbox.feed.remove('Property', gone);
    sandbox.feed.remove('Property', keys[11]!);
    await db.query(`DELETE FROM properties WHERE listing_key IN ('${kept}', '${keys[21]!}')`);
    block(sandbox, [gone, kept], 403, DENIED);
    const found = await reconcile({ maxDeletePercent: 50 }, { odata: { maxRetries: 1 } });
    expect(found).toMatchObject({ candidates: 2, deleted: 1 });
    const left = await db.query(
      `SELECT listing_key FROM properties WHERE deleted_at IS NULL AND listing_key IN ('${gone}', '${kept}')`,
    );
    expect(left).toEqual([{ listing_key: gone }]);
    expect((await lastRun({ db })).detail['Property']).toMatchObject({ refused: 1 });
  });
});
