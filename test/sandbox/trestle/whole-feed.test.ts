import { describe, expect, test } from 'vitest';
import { resources } from '../../../src/sources/trestle/datasets/index.ts';
import { createFeed } from '../../../src/sandbox/trestle/feed.ts';
import { type SandboxRecord, readText } from '../../../src/sandbox/trestle/record.ts';
import { type Client, connect, type Row, text } from './client.ts';
import { hasParentVersion } from '../../../src/dataset/reading.ts';

const PARTS = ['OpenHouse', 'PropertyRooms', 'PropertyUnitTypes', 'CustomProperty'] as const;
const UNNAMED = ['Teams', 'TeamMembers', 'Lookup'] as const;

function keysOf(client: Client, set: string, field: string): Set<string> {
  return new Set([...client.sandbox.feed.records(set)].map((record) => readText(record, field)));
}

const now = (): number => Date.UTC(2026, 10, 21);

function dump(client: Client): string {
  return JSON.stringify(resources.map(({ name }) => [...client.sandbox.feed.records(name)]));
}

function listing(client: Client, part: SandboxRecord): SandboxRecord {
  return client.sandbox.feed.get('Property', readText(part, 'ListingKey'))!;
}

describe('the whole feed', () => {
  test.each(resources.filter((each) => !hasParentVersion(each)))(
    '$name is paged by its timestamp to its end',
    async ({ name, key }) => {
      const client = await connect({ listings: 120 });
      const size = client.sandbox.feed.size(name);
      const rows = await client.keyset(name, key, 25);
      expect(size).toBeGreaterThan(5);
      expect(new Set(rows.map((row) => row[key])).size).toBe(size);
      expect(rows).toHaveLength(size);
    },
  );

  test('CustomProperty has no timestamp, and is found by its listings', async () => {
    const client = await connect({ listings: 120 });
    const { feed } = client.sandbox;
    expect(feed.size('CustomProperty')).toBeGreaterThan(80);
    expect(feed.size('CustomProperty')).toBeLessThan(120);
    for (const name of ['ModificationTimestamp', 'ListingModificationTimestamp']) {
      expect((await client.query('CustomProperty', { $select: name })).status).toBe(400);
      expect((await client.query('CustomProperty', { $orderby: name })).status).toBe(400);
    }
    const keys = [...keysOf(client, 'CustomProperty', 'ListingKey')].slice(0, 7);
    const $filter = `ListingKey in (${keys.map((key) => `'${key}'`).join(',')})`;
    const { rows } = await client.query('CustomProperty', {
      $filter,
      $orderby: 'ListingKey asc',
      $top: 1000,
    });
    expect(rows.map((row) => row['ListingKey'])).toEqual([...keys].sort());
    const after = await client.query('CustomProperty', {
      $filter: `ListingKey gt '${[...keys].sort()[3]}' and (${$filter})`,
      $orderby: 'ListingKey asc',
    });
    expect(after.rows.map((row) => row['ListingKey'])).toEqual([...keys].sort().slice(4));
  });

  test('members and offices are those that listings name, with the same names', async () => {
    const client = await connect({ listings: 400 });
    const { feed } = client.sandbox;
    let seen = 0;
    for (const record of feed.records('Property')) {
      for (const side of ['ListAgent', 'CoListAgent', 'BuyerAgent']) {
        const key = readText(record, `${side}Key`);
        if (key === '') continue;
        seen += 1;
        // An odd listing has its agent's name wrong.
        const name = record[`${side}FullName`];
        if (name !== 'NULL') expect(feed.get('Member', key)?.['MemberFullName']).toBe(name);
      }
      const office = feed.get('Office', readText(record, 'ListOfficeKey'));
      expect(office?.['OfficeName']).toBe(record['ListOfficeName']);
      expect(office?.['OfficeMlsId']).toBe(record['ListOfficeMlsId']);
    }
    expect(seen).toBeGreaterThan(400);
    const offices = keysOf(client, 'Office', 'OfficeKey');
    for (const member of feed.records('Member')) expect(offices).toContain(member['OfficeKey']);
  });

  test('teams have a lead and members, all of one office', async () => {
    const client = await connect({ listings: 1 });
    const { feed } = client.sandbox;
    const offices = new Map<string, Set<unknown>>();
    const leads = new Map<string, string>();
    for (const each of feed.records('TeamMembers')) {
      const team = readText(each, 'TeamKey');
      const member = feed.get('Member', readText(each, 'MemberKey'));
      offices.set(team, (offices.get(team) ?? new Set()).add(member?.['OfficeKey']));
      if (each['TeamMemberType'] === 'TeamLead') leads.set(team, readText(each, 'MemberKey'));
    }
    expect([...offices.keys()].sort()).toEqual([...keysOf(client, 'Teams', 'TeamKey')].sort());
    expect([...offices.values()].map(({ size }) => size)).toEqual([...offices].map(() => 1));
    for (const team of feed.records('Teams'))
      expect(leads.get(readText(team, 'TeamKey'))).toBe(team['TeamLeadKey']);
  });

  test('open houses belong to active listings, are mostly in the future, and have local offsets', async () => {
    const at = Date.UTC(2026, 10, 21, 9, 30);
    const client = await connect({ listings: 600, now: () => at });
    const houses = [...client.sandbox.feed.records('OpenHouse')];
    const starts = houses.map((house) => readText(house, 'OpenHouseStartTime'));
    for (const house of houses) {
      expect(listing(client, house)['StandardStatus']).toBe('Active');
      expect(Date.parse(readText(house, 'OpenHouseEndTime'))).toBeGreaterThan(
        Date.parse(readText(house, 'OpenHouseStartTime')),
      );
      expect(readText(house, 'OpenHouseStartTime').slice(0, 10)).toBe(house['OpenHouseDate']);
    }
    expect(new Set(starts.map((start) => start.slice(-6))).size).toBeGreaterThan(2);
    expect(starts.every((start) => /-0[4-7]:00$/.test(start))).toBe(true);
    const upcoming = starts.filter((start) => Date.parse(start) > at).length;
    expect(upcoming).toBeGreaterThan(houses.length / 2);
    expect(upcoming).toBeLessThan(houses.length);
  });

  test('lookups name every value that records hold', async () => {
    const client = await connect({ listings: 300 });
    const { feed } = client.sandbox;
    const known = new Set(
      [...feed.records('Lookup')].map(
        (each) => `${readText(each, 'LookupName')}=${readText(each, 'LegacyODataValue')}`,
      ),
    );
    const names = keysOf(client, 'Lookup', 'LookupName');
    let seen = 0;
    for (const { name } of resources.filter((resource) => resource.name !== 'Lookup'))
      for (const record of feed.records(name))
        for (const field of Object.keys(record).filter((each) => names.has(each)))
          for (const value of readText(record, field)
            .split(',')
            .filter((each) => each !== '')) {
            seen += 1;
            expect(known).toContain(`${field}=${value}`);
          }
    expect(seen).toBeGreaterThan(1000);
  });

  test('is the same for the same seed, at any time', async () => {
    const [one, other, third] = [
      await connect({ listings: 80, now }),
      await connect({ listings: 80, now }),
      await connect({ listings: 80, now, seed: 2 }),
    ];
    expect(dump(one)).toBe(dump(other));
    expect(dump(third)).not.toBe(dump(one));
    const early = await connect({ listings: 80, now });
    const late = await connect({ listings: 80, now });
    for (const name of PARTS) early.sandbox.feed.size(name);
    for (const { feed } of [early.sandbox, late.sandbox]) {
      feed.removeListings(5);
      feed.changePhotos(5);
    }
    for (const name of PARTS) {
      const records = (client: Client): SandboxRecord[] =>
        [...client.sandbox.feed.records(name)].sort((a, b) =>
          JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
        );
      expect(records(early)).toEqual(records(late));
    }
  });
});

describe('the children of a listing', () => {
  test.each([true, false])('is removed with it (read before: %s)', async (isLookedAt) => {
    const client = await connect({ listings: 200 });
    const { feed } = client.sandbox;
    if (isLookedAt) for (const name of PARTS) expect(feed.size(name)).toBeGreaterThan(0);
    const gone = new Set(feed.removeListings(100));
    for (const name of PARTS) {
      const owners = keysOf(client, name, 'ListingKey');
      expect(owners.size).toBeGreaterThan(0);
      expect([...owners].filter((key) => gone.has(key))).toEqual([]);
    }
  });

  test('is added with it, with a timestamp that is not earlier', async () => {
    const client = await connect({ listings: 20 });
    const { feed } = client.sandbox;
    for (const name of PARTS) feed.size(name);
    const added = new Set(feed.addListings(60));
    for (const name of PARTS) {
      const parts = [...feed.records(name)].filter((part) => added.has(readText(part, 'ListingKey')));
      expect(parts.length).toBeGreaterThan(2);
      if (name === 'CustomProperty') continue;
      for (const part of parts)
        expect(Date.parse(readText(part, 'ModificationTimestamp'))).toBe(
          Date.parse(readText(listing(client, part), 'ModificationTimestamp')),
        );
    }
  });

  test('a custom record sometimes changes with its listing, and then the listing’s timestamp moves', async () => {
    const client = await connect({ listings: 200 });
    const { feed } = client.sandbox;
    const custom = new Map(
      [...feed.records('CustomProperty')].map((each) => [readText(each, 'ListingKey'), each]),
    );
    const before = new Map([...custom.keys()].map((key) => [key, feed.get('Property', key)!]));
    feed.changeListings(100);
    const changed = [...custom].filter(
      ([key, old]) => JSON.stringify(feed.get('CustomProperty', key)) !== JSON.stringify(old),
    );
    expect(changed.length).toBeGreaterThan(5);
    expect(changed.length).toBeLessThan(95);
    for (const [key] of changed)
      expect(feed.get('Property', key)?.['ModificationTimestamp']).not.toBe(
        before.get(key)?.['ModificationTimestamp'],
      );
  });

  test('can be expanded', async () => {
    const client = await connect({ listings: 100 });
    const $expand = 'Rooms($orderby=RoomKey),UnitTypes,OpenHouse($select=OpenHouseKey),CustomProperty';
    const { rows } = await client.query('Property', { $expand, $select: 'ListingKey', $top: 100 });
    const links = {
      Rooms: 'PropertyRooms',
      UnitTypes: 'PropertyUnitTypes',
      OpenHouse: 'OpenHouse',
      CustomProperty: 'CustomProperty',
    };
    for (const [link, name] of Object.entries(links)) {
      const found = rows.flatMap((row) => row[link] as Row[]);
      expect(found.length).toBe(client.sandbox.feed.size(name));
    }
  });
});

describe('PrettyEnums', () => {
  test('returns display names, also in lists and expanded records; filters still use plain names', async () => {
    const client = await connect({ listings: 150 });
    const $filter = "PropertySubType eq 'SingleFamilyResidence' and StandardStatus eq 'ActiveUnderContract'";
    const wanted = { $filter, $top: 50, $expand: 'Rooms' };
    const plain = (await client.query('Property', wanted)).rows;
    const pretty = (await client.query('Property', { ...wanted, PrettyEnums: true })).rows;
    expect(plain.length).toBeGreaterThan(1);
    expect(pretty.map((row) => [row['ListingKey'], row['PropertySubType'], row['StandardStatus']])).toEqual(
      plain.map((row) => [row['ListingKey'], 'Single Family Residence', 'Active Under Contract']),
    );
    const cooling = pretty.map((row) => row['Cooling']).find((value) => /,.* /.test(String(value)));
    expect(text(cooling)).toMatch(/^[A-Z][a-z]+( [A-Z][a-z]+)*(,[A-Z][a-z]+( [A-Z][a-z]+)*)+$/);
    const rooms = pretty.flatMap((row) => row['Rooms'] as Row[]).map((room) => room['RoomType']);
    expect(rooms).toContain('Dining Room');
    // What was written once is not kept for the next answer.
    expect((await client.query('Property', wanted)).rows).toEqual(plain);
    const $select = 'ListingKey,PropertySubType';
    const { rows } = await client.query('Property', { $filter, $select, PrettyEnums: true });
    expect(rows[0]).toEqual({
      ListingKey: text(plain[0]?.['ListingKey']),
      PropertySubType: 'Single Family Residence',
    });
  });
});

describe('the licence', () => {
  test.each([400, 403, 404] as const)(
    'can say with %i that it lacks a set, and $metadata has none',
    async (status) => {
      const client = await connect({ unlicensed: { Teams: status } });
      const answer = await client.query('Teams', {});
      expect([answer.status, answer.error === undefined]).toEqual([status, false]);
      expect((await client.query('TeamMembers', {})).status).toBe(200);
      const metadata = (await client.get('/$metadata')).text;
      expect(metadata).not.toContain('EntitySet Name="Teams"');
      expect(metadata).toContain('EntitySet Name="TeamMembers"');
      expect((await client.get('/DataSystem')).text).not.toContain('"Teams"');
    },
  );

  test('has none of Trestle’s internal sets', async () => {
    const client = await connect();
    expect((await client.query('Contacts', {})).status).toBe(403);
    expect((await client.query('Gossip', {})).status).toBe(404);
  });

  test.each(UNNAMED)('%s has no known index fields: large pages are refused', async (name) => {
    const client = await connect({ listings: 1 });
    const { key } = resources.find((resource) => resource.name === name)!;
    expect((await client.query(name, { $select: key, $top: 1001 })).status).toBe(400);
    expect((await client.query(name, { $select: key, $top: 1000 })).status).toBe(200);
  });

  test('the others allow large pages of index fields', async () => {
    const client = await connect({ listings: 1 });
    const $select = 'ListingKey,ModificationTimestamp';
    for (const name of ['OpenHouse', 'PropertyRooms', 'PropertyUnitTypes'])
      expect((await client.query(name, { $select, $top: 300_000 })).status).toBe(200);
    expect((await client.query('OpenHouse', { $select: 'OpenHouseRemarks', $top: 1001 })).status).toBe(400);
  });
});

test('other records than listings and media are not made until they are requested', () => {
  const base = { seed: 1, listings: 50, mediaPerListing: 1, oddValues: false };
  const { feed, store } = createFeed(base, Date.now);
  feed.changeListings(5);
  feed.addListings(2);
  feed.removeListings(3);
  const filled = (): string[] => [...store.tables.keys()].filter((name) => store.isFilled(name));
  expect(filled()).toEqual(['Property', 'Media']);
  expect(feed.size('Lookup')).toBeGreaterThan(100);
  expect(filled()).toEqual(['Property', 'Media', 'Lookup']);
});
