import { expect, test } from 'vitest';
import { readEdm } from '../../../src/sources/trestle/odata/edm.ts';
import { buildFeedSchema } from '../../../src/sources/trestle/odata/schema.ts';
import { type Client, connect } from './client.ts';

async function schema(client: Client) {
  const { text } = await client.get('/$metadata');
  return buildFeedSchema(readEdm(text));
}

test('a field that the licence loses is no longer served, and refused in every query', async () => {
  const client = await connect({ listings: 5 });
  expect((await client.query('Property', { $top: 1 })).rows[0]).toHaveProperty('City');
  expect(client.sandbox.feed.changeLicence({ lose: ['City', 'Nonsense'] }).lost).toEqual(['City']);
  const [row] = (await client.query('Property', { $top: 1 })).rows;
  expect(row).not.toHaveProperty('City');
  expect(row).toHaveProperty('ListPrice');
  for (const query of [{ $select: 'ListingKey,City' }, { $filter: "City eq 'x'" }, { $orderby: 'City' }]) {
    const { status, error } = await client.query('Property', query);
    expect([status, error]).toEqual([400, "Property 'City' of 'Property' is not in metadata."]);
  }
  expect((await schema(client)).sets['Property']?.fields).not.toHaveProperty('City');
  expect(client.sandbox.feed.serve('Property', [...client.sandbox.feed.records('Property')][0]!)).toEqual(
    expect.not.objectContaining({ City: expect.anything() }),
  );
});

test('a field that is suppressed is served, and refused in filters and orders', async () => {
  const client = await connect({ listings: 5 });
  client.sandbox.feed.changeLicence({ suppress: ['PhotosChangeTimestamp'] });
  expect((await client.query('Property', { $select: 'PhotosChangeTimestamp' })).status).toBe(200);
  for (const query of [
    { $filter: 'PhotosChangeTimestamp ge 2026-01-01T00:00:00Z' },
    { $orderby: 'PhotosChangeTimestamp asc' },
  ]) {
    const { status, error } = await client.query('Property', query);
    expect([status, error]).toEqual([400, expect.stringContaining('has been suppressed')]);
  }
  client.sandbox.feed.changeLicence({ suppress: [] });
  expect((await client.query('Property', { $orderby: 'PhotosChangeTimestamp' })).status).toBe(200);
});

test('new fields have values in every record, can be requested, and move no timestamp', async () => {
  const client = await connect({ listings: 5 });
  const before = await client.keyset('Property', 'ListingKey', 2);
  const { gained } = client.sandbox.feed.changeLicence({ gain: 10 });
  expect(gained).toHaveLength(10);
  const after = await client.keyset('Property', 'ListingKey', 2);
  for (const [nth, row] of after.entries()) {
    for (const name of gained) expect(row[name]).toEqual(expect.anything());
    expect(row['ModificationTimestamp']).toBe(before[nth]!['ModificationTimestamp']);
  }
  const some = await client.query('Property', {
    $select: `ListingKey,${gained[1]}`,
    $filter: `${gained[1]} gt 2`,
  });
  expect(some.rows).toHaveLength(2);
  expect((await schema(client)).sets['Property']?.fields).toMatchObject({ [gained[0]!]: { type: 'String' } });
});

test('another sandbox keeps its own fields', async () => {
  const [one, other] = [await connect(), await connect()];
  one.sandbox.feed.changeLicence({ resource: 'Media', lose: ['Permission'], namespace: 'Other' });
  expect((await other.query('Media', { $select: 'Permission' })).status).toBe(200);
  expect((await schema(one)).namespace).toBe('Other');
  expect((await schema(other)).namespace).toBe('Cotality.DataStandard.RESO.DD');
});

test('another process changes the licence too', async () => {
  const client = await connect();
  const change = async (query: string) => {
    const response = await fetch(new URL(`/sandbox/licence?${query}`, client.sandbox.url), {
      method: 'POST',
    });
    return [response.status, await response.json()];
  };
  expect(await change('lose=City,YearBuilt&gain=2&namespace=CoreLogic.New')).toEqual([
    200,
    { lost: ['City', 'YearBuilt'], gained: ['X_New1', 'X_New2'] },
  ]);
  expect(await schema(client)).toMatchObject({ namespace: 'CoreLogic.New' });
  expect((await change('resource=Nothing&gain=1'))[0]).toBe(400);
  expect((await change('gain=some'))[0]).toBe(400);
});
