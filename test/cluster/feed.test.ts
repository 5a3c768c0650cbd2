import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { start, trestleProcess } from '../helpers/cli.ts';
import {
  type Cluster,
  type ClusterDatabase,
  findObstacle,
  startCluster,
} from '../helpers/cluster/cluster.ts';
import { disturbed, expectFeedOnAllNodes, folderOn, passes, SEEDS } from '../helpers/cluster/scenario.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { randomOf } from '../helpers/random.ts';

const obstacle = await findObstacle();
if (obstacle !== undefined) console.log(`The tests on a Galera cluster are skipped: this ${obstacle}.`);

/** About the duration of the load of a new feed, measured on two cores. */
const LOAD_MS = 5000;

describe.skipIf(obstacle !== undefined)('a Galera cluster of three nodes', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  describe.each(SEEDS)('seed %i', (seed) => {
    let sandbox: Sandbox;
    let db: ClusterDatabase;
    let nth = 0;
    // Large pages are committed with two connections: run/payload-writer.ts.
    const [listings, pageSize] = seed % 2 === 0 ? [400, '50'] : [800, '200'];

    beforeEach(async () => {
      await cluster.heal();
      sandbox = await sandboxFor({ listings, mediaPerListing: 2, latencyMs: 40 });
      db = await cluster.database(`feed${seed}_${(nth += 1)}`);
    });

    // The data of all nodes are in memory.
    afterEach(async () => {
      await cluster.heal();
      await db.drop();
    });

    async function migratedFolder(more: Readonly<Record<string, string>> = {}): Promise<string> {
      const folder = folderOn(cluster, { db, sandbox }, { PAGE_SIZE: pageSize, ...more });
      await passes(folder, 'migrate');
      return folder;
    }

    test('a run continues on the next node when its own is killed', async () => {
      const folder = await migratedFolder();
      const ms = 300 + randomOf(seed)(LOAD_MS);
      const ended = await disturbed(folder, ['full-load'], { ms, by: () => cluster.nodes[0].kill() });
      expect({ ms, ...ended }).toMatchObject({ code: 0, stderr: '' });
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('a run leaves a node that was cut off from the others', async () => {
      const folder = await migratedFolder();
      const ms = 300 + randomOf(seed)(LOAD_MS);
      const by = (): void => cluster.network.setLink(1, 'down');
      const ended = await disturbed(folder, ['full-load'], { ms, by });
      expect({ ms, ...ended }).toMatchObject({ code: 0, stderr: '' });
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('a page that loses against a write on another node is repeated', async () => {
      const folder = await migratedFolder();
      const random = randomOf(seed);
      const { ended } = start(folder, ['full-load']);
      const over = ended.then(() => true);
      const pause = (): Promise<boolean> => wait(30 + random(200)).then(() => false);
      while (!(await Promise.race([over, pause()]))) {
        // This write may be the one that loses.
        await cluster.nodes[1]
          .query(`UPDATE ${db.name}.etl_watermark SET updated_at = updated_at + INTERVAL 1 SECOND`)
          .catch(() => undefined);
      }
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
      const log = readFileSync(join(folder, 'logs/database.log'), 'utf8');
      expect(log).toContain('transaction rolled back, retrying');
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('of two runs on two nodes, only one commits', async () => {
      const folder = await migratedFolder();
      const other = folderOn(cluster, { db, sandbox, first: cluster.nodes[1] });
      const one = start(folder, ['full-load']);
      await wait(randomOf(seed)(LOAD_MS));
      const two = start(other, ['full-load']);
      const codes = [(await one.ended).code, (await two.ended).code];
      expect(codes.filter((code) => code !== 0 && code !== 75)).toEqual([]);
      expect(codes).toContain(0);
      await passes(folder, 'sync');
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('a run continues while a table is altered on another node', async () => {
      const folder = await migratedFolder();
      const random = randomOf(seed);
      const { ended } = start(folder, ['full-load']);
      for (const change of [
        'ADD COLUMN own_note VARCHAR(20) NULL',
        'ADD INDEX own_index (own_note)',
        'DROP COLUMN own_note',
      ]) {
        await wait(random(LOAD_MS / 3));
        await cluster.nodes[1].query(`ALTER TABLE ${db.name}.properties ${change}`);
      }
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('a run continues while another node migrates', async () => {
      const folder = await migratedFolder();
      const other = folderOn(cluster, { db, sandbox, first: cluster.nodes[1] });
      const { ended } = start(folder, ['full-load']);
      await wait(randomOf(seed)(LOAD_MS));
      // Every step can be applied twice.
      await cluster.nodes[1].query(
        `UPDATE ${db.name}.etl_schema_version SET applied_at = NULL WHERE version > 8`,
      );
      await passes(other, 'migrate');
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('a run continues while its node sends its state to another one', async () => {
      const folder = await migratedFolder();
      const random = randomOf(seed);
      await cluster.nodes[2].kill();
      const rejects = random(2) === 0 ? 'ON' : 'OFF';
      await cluster.nodes[0].query(`SET GLOBAL wsrep_sst_donor_rejects_queries = ${rejects}`);
      const { ended } = start(folder, ['full-load']);
      await wait(random(LOAD_MS));
      await cluster.nodes[2].start(false, ['--wsrep-sst-donor=node1']);
      expect({ rejects, ...(await ended) }).toMatchObject({ code: 0, stderr: '' });
      await cluster.nodes[0].query('SET GLOBAL wsrep_sst_donor_rejects_queries = OFF');
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('a page that is larger than wsrep_max_ws_size ends the run, and the hint names the settings', async () => {
      const folder = await migratedFolder();
      for (const node of cluster.nodes) await node.query('SET GLOBAL wsrep_max_ws_size = 50000');
      const ended = await trestleProcess(folder, ['full-load']);
      for (const node of cluster.nodes) await node.query('SET GLOBAL wsrep_max_ws_size = DEFAULT');
      expect(ended).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/PAGE_SIZE.+wsrep_max_ws_size/s) as string,
      });
      await passes(folder, 'full-load');
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });

    test('two first runs on two nodes create the tables once', async () => {
      const folder = folderOn(cluster, { db, sandbox });
      const other = folderOn(cluster, { db, sandbox, first: cluster.nodes[1] });
      const one = start(folder, ['full-load']);
      await wait(randomOf(seed)(2000));
      const two = start(other, ['full-load']);
      const both = [await one.ended, await two.ended];
      expect(both.filter(({ code }) => code !== 0 && code !== 75)).toEqual([]);
      await passes(folder, 'sync');
      await expectFeedOnAllNodes(cluster, { db, sandbox, folder });
    });
  });
});
