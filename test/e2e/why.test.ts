import { expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { pipeline } from '../helpers/pipeline.ts';

test('why explains a listing in each of its states, with one call at most', async () => {
  const { sandbox, db, run, reconcile } = await pipeline({ listings: 100 });
  const folder = configured(sandbox, db);
  const why = async (key: string, ...flags: string[]) => {
    const ended = await trestle(folder, ['why', key, ...flags]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout;
  };
  const keys = [...sandbox.feed.records('Property')].map((record) => record['ListingKey'] as string);
  expect(await why(keys[0]!)).toMatch(
    /stored: no row[^]*it is not stored: the next sync or reconcile loads it/,
  );

  await run();
  sandbox.requests.length = 0;
  const plain = await why(keys[0]!);
  expect(plain).toMatch(/written .* by run 1, a sync of .*payload: stored[^]*has this version/s);
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(1);
  expect(await why(keys[0]!, '--offline')).toMatch(/not asked/);
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(1);

  const [changed] = sandbox.feed.changePhotos(1);
  expect(await why(changed!)).toMatch(
    /has a newer version, or other content; the row is stale: the next sync writes it/,
  );
  await run({ resources: [property] });
  expect(await why(changed!)).toMatch(/due: the next sync fetches them/);

  const [bad] = sandbox.feed.corrupt(1);
  await run({ resources: [property] });
  expect(await why(bad!)).toMatch(/quarantined: \w+ .*[^]*goes to quarantine/);

  const [gone] = sandbox.feed.removeListings(1);
  await reconcile();
  expect(await why(gone!)).toMatch(/deleted: .* absent from the census.*[^]*does not have it/s);
  const json = JSON.parse(await why(gone!, '--json')) as {
    here: { deletedAt: string };
    upstream: { state: string };
  };
  expect(json.here.deletedAt).not.toBeNull();
  expect(json.upstream.state).toBe('absent');
});

test('why explains a record of any resource', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 5 });
  const folder = configured(sandbox, db);
  await run();
  const [photo] = [...sandbox.feed.records('Media')];
  const key = photo!['MediaKey'] as string;
  const { stdout } = await trestle(folder, ['why', key, '--resource', 'Media']);
  expect(stdout).toMatch(new RegExp(`^Media ${key}\n  stored: a row\n  version: .*has this version`, 's'));
  expect(stdout).not.toContain('photos');
  sandbox.feed.remove('Media', key);
  expect((await trestle(folder, ['why', key, '--resource', 'Media'])).stdout).toMatch(/does not have it/);
  const wrong = await trestle(folder, ['why', key, '--resource', 'Nothing']);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('--resource names Nothing');
  expect(await trestle(folder, ['why', ' 1'])).toMatchObject({ code: 2 });
  expect((await trestle(folder, ['why', '1'])).stdout).not.toContain('reconcile marks');
});
