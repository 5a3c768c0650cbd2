import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Cluster,
  type ClusterDatabase,
  findObstacle,
  startCluster,
} from '../helpers/cluster/cluster.ts';
import { disturbed, expectSameNodes, folderOn, passes, SEEDS } from '../helpers/cluster/scenario.ts';
import {
  allowDrop,
  countyFor,
  expectTable,
  FEW_TABLES,
  importSetting,
  type ImportSetting,
} from '../helpers/county.ts';
import { itemsSetting, letFilesSettle, newsEntry, permitsEntry, rosterEntry } from '../helpers/items-e2e.ts';
import { photoOf, photoServer } from '../helpers/photo-server.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { randomOf } from '../helpers/random.ts';

const obstacle = await findObstacle();

describe.skipIf(obstacle !== undefined)('a Galera cluster of three nodes', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  describe.each(SEEDS)('seed %i', (seed) => {
    let db: ClusterDatabase;
    let nth = 0;

    beforeEach(async () => {
      await cluster.heal();
      db = await cluster.database(`sources${seed}_${(nth += 1)}`);
    });

    /** Kills the node in use, or cuts it off from the others. */
    function lose(random: (below: number) => number): () => Promise<void> | void {
      if (random(2) === 0) return () => cluster.nodes[0].kill();
      return () => cluster.network.setLink(1, 'down');
    }

    async function expectRelease(setting: ImportSetting, release: number): Promise<void> {
      await cluster.heal();
      await expectSameNodes(cluster, db);
      setting.county.setRelease(release);
      for (const table of FEW_TABLES) await expectTable(setting, { table, year: 2026 });
    }

    test('a county release is staged, published and rolled back over a lost node', async () => {
      const random = randomOf(seed);
      const county = await countyFor({ accounts: 1500 });
      await allowDrop(db);
      const setting = await importSetting(county, {}, { db });
      await passes(setting.folder, 'migrate');
      const first = await disturbed(setting.folder, ['sync', 'hcad'], { ms: random(6000), by: lose(random) });
      expect(first).toMatchObject({ code: 0, stderr: '' });
      await expectRelease(setting, 1);
      county.setRelease(2);
      await passes(setting.folder, 'sync', 'hcad');
      await expectRelease(setting, 2);
      const back = await disturbed(setting.folder, ['rollback', 'hcad'], {
        ms: random(1500),
        by: lose(random),
      });
      expect(back).toMatchObject({ code: 0, stderr: '' });
      await expectRelease(setting, 1);
    });

    test('items are loaded over a lost node, each once', async () => {
      const random = randomOf(seed);
      const setting = await itemsSetting({ records: 2000 }, db);
      const { items, folder } = setting;
      setting.configure({
        permits: permitsEntry(items, 100),
        roster: rosterEntry(setting.files),
        news: newsEntry(items),
      });
      letFilesSettle(setting);
      items.faults.add({ kind: 'delay', ms: 60, count: Infinity });
      await passes(folder, 'migrate');
      const ended = await disturbed(folder, ['sync'], { ms: random(4000), by: lose(random) });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      await cluster.heal();
      await expectSameNodes(cluster, db);
      const stored = await db.query<{ id: string }>(
        "SELECT external_id AS id FROM unified_items WHERE source_name = 'permits' ORDER BY external_id",
      );
      const wanted = items
        .collection('permits')
        .list()
        .map(({ record }) => record['permit_number'] as string);
      expect(stored.map(({ id }) => id).toSorted()).toEqual(wanted.toSorted());
    });

    test('media files are downloaded over a lost node, each once', async () => {
      const random = randomOf(seed);
      const sandbox = await sandboxFor({ listings: 60, mediaPerListing: 5 });
      const server = await photoServer();
      const folder = folderOn(
        cluster,
        { db, sandbox },
        { MEDIA_STORE: 'photos', MEDIA_MINUTE_LIMIT: '100000' },
      );
      mkdirSync(join(folder, 'photos'));
      await passes(folder, 'sync');
      await db.query(`UPDATE media SET media_url = CONCAT('${server.origin}/', media_key, '?signed=1')`);
      for (const { key } of await db.query<{ key: string }>('SELECT media_key AS `key` FROM media'))
        server.photos.set(key, photoOf(key, 1, 2000));
      server.latencyMs = 40;
      const ended = await disturbed(folder, ['media', 'download'], { ms: random(4000), by: lose(random) });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      await cluster.heal();
      await expectSameNodes(cluster, db);
      const rows = await db.query<{ key: string; path: string }>(
        "SELECT media_key AS `key`, store_path AS path FROM media_file WHERE state = 'stored'",
      );
      expect(rows).toHaveLength(sandbox.feed.size('Media'));
      for (const { key, path } of rows)
        expect((await readFile(join(folder, 'photos', path))).equals(server.photos.get(key)!), key).toBe(
          true,
        );
      expect(await db.query('SELECT * FROM etl_media_object')).toEqual([]);
    });
  });
});
