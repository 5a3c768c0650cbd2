import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/trestle/index.ts';
import { media } from '../../../src/sources/trestle/datasets/media.ts';
import { property } from '../../../src/sources/trestle/datasets/property.ts';
import { configured, type Ended, start, trestleProcess } from '../cli.ts';
import { expectParity } from '../parity.ts';
import type { Cluster, ClusterDatabase } from './cluster.ts';
import type { ClusterNode } from './node.ts';

const FIRST = Number(process.env['CLUSTER_SEED'] ?? Math.trunc(Date.now() / 1000) % 1_000_000);

/** The seeds of this run: `CLUSTER_SEED=n` repeats one, `CLUSTER_ROUNDS` is their number. */
export const SEEDS = Array.from(
  { length: Number(process.env['CLUSTER_ROUNDS'] ?? 1) },
  (_, nth) => FIRST + nth,
);

/** A folder of the tool whose MYSQL_HOST begins with this node. */
export function folderOn(
  { nodes }: Cluster,
  { db, sandbox, first = nodes[0] }: { db: ClusterDatabase; sandbox: Sandbox; first?: ClusterNode },
  more: Readonly<Record<string, string>> = {},
): string {
  return configured(sandbox, db, { MYSQL_HOST: hostsFrom(nodes, first), PAGE_SIZE: '50', ...more });
}

export function hostsFrom(nodes: Cluster['nodes'], first: ClusterNode): string {
  return [first, ...nodes.filter((node) => node !== first)].map(({ port }) => `127.0.0.1:${port}`).join(',');
}

export async function passes(folder: string, ...args: string[]): Promise<Ended> {
  const ended = await trestleProcess(folder, args);
  expect({ args, ...ended }).toMatchObject({ code: 0, stderr: '' });
  return ended;
}

/** Runs a command, and disturbs it after some time, unless it has ended. */
export async function disturbed(
  folder: string,
  args: readonly string[],
  { ms, by }: { ms: number; by: () => Promise<void> | void },
): Promise<Ended> {
  const { ended } = start(folder, args);
  const early = await Promise.race([ended, wait(ms)]);
  if (early === undefined) await by();
  const start_ = Date.now();
  const result = await ended;
  console.log(`disturbed after ${ms} ms, ended ${Date.now() - start_} ms later`);
  if (result.code !== 0)
    console.log(`After ${ms} ms:\n${readFileSync(join(folder, 'logs/errors.log'), 'utf8')}`);
  return result;
}

/** All nodes have the same rows in every table. */
export async function expectSameNodes({ nodes }: Cluster, { name }: ClusterDatabase): Promise<void> {
  const [first, ...others] = await Promise.all(nodes.map((node) => checksums(node, name)));
  expect(Object.keys(first!).length).toBeGreaterThan(5);
  for (const each of others) expect(each).toEqual(first);
}

async function checksums(node: ClusterNode, name: string): Promise<Record<string, string>> {
  await node.query('SET SESSION wsrep_sync_wait = 1');
  const tables = await node.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name",
    [name],
  );
  const found: Record<string, string> = {};
  for (const table of tables) {
    const [row] = await node.query<{ Checksum: string }>(`CHECKSUM TABLE ${name}.\`${table.name}\``);
    found[table.name] = String(row!.Checksum);
  }
  return found;
}

/** All nodes are in the cluster again, have the same rows, and those are the feed's. */
export async function expectFeedOnAllNodes(
  cluster: Cluster,
  { db, sandbox, folder }: { db: ClusterDatabase; sandbox: Sandbox; folder: string },
): Promise<void> {
  await cluster.heal();
  await expectSameNodes(cluster, db);
  expect(await expectParity(sandbox, db, property)).toBe(sandbox.feed.size('Property'));
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  await passes(folder, 'verify');
}
