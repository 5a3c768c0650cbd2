import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Server } from '../../../scripts/lib/database.mjs';
import { atFileEnd } from '../clean-up.ts';
import { documentedGrant, type FreshDatabase, streamOf } from '../database.ts';
import { openNetwork, type Network } from './network.ts';
import { ClusterNode } from './node.ts';

const SIZE = 3;

export type Cluster = {
  readonly nodes: readonly [ClusterNode, ClusterNode, ClusterNode];
  readonly network: Network;
  /** A new database on all nodes, as the nth node shows it, with the documented user of it. */
  database(label: string): Promise<ClusterDatabase>;
  /** Starts nodes that ended and connects those that were cut off, until all are synced. */
  heal(): Promise<void>;
};

export type ClusterDatabase = FreshDatabase & {
  /** The same database as another node shows it. */
  on(node: ClusterNode): FreshDatabase;
};

const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];

/** Why no cluster can be started; undefined if one can. */
export async function findObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'needs Linux and root, for network namespaces';
  if ((await findMariaDb()) === undefined) return 'needs mariadbd: apt-get install mariadb-server';
  if (findProvider() === undefined) return 'needs the Galera library: apt-get install galera-4';
  if (!hasProgram('rsync')) return 'needs rsync: apt-get install rsync';
  return hasProgram('ip') ? undefined : 'needs ip: apt-get install iproute2';
}

function findProvider(): string | undefined {
  return PROVIDERS.find((path) => existsSync(path));
}

function hasProgram(name: string): boolean {
  return ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(join(folder, name)));
}

async function findMariaDb(): Promise<Server | undefined> {
  const path = resolve(import.meta.dirname, '../../../scripts/lib/find-server.mjs');
  const script = (await import(pathToFileURL(path).href)) as {
    findServer(kind: string): Server | undefined;
  };
  return script.findServer('mariadbd');
}

/** Starts three nodes with their own data, network and ports; they end with the test file. */
export async function startCluster(): Promise<Cluster> {
  const server = await findMariaDb();
  const network = openNetwork(SIZE);
  const provider = findProvider();
  if (server === undefined || network === undefined || provider === undefined)
    throw new Error(`no cluster can be started: ${await findObstacle()}`);
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'trestle-galera-'));
  const pattern = join(folder, 'new');
  execFileSync('chown', ['mysql:mysql', folder]);
  execFileSync(
    server.installer!,
    [
      '--no-defaults',
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      `--datadir=${pattern}`,
      '--user=mysql',
    ],
    { stdio: 'ignore' },
  );
  const nodes = [1, 2, 3].map(
    (number) =>
      new ClusterNode({
        number,
        size: SIZE,
        network,
        folder,
        pattern,
        program: server.command[0]!,
        provider,
      }),
  ) as unknown as Cluster['nodes'];
  atFileEnd(async () => {
    for (const node of nodes) await node.kill();
    if (process.env['TRESTLE_TEST_KEEP'] === undefined) rmSync(folder, { recursive: true, force: true });
  });
  for (const [index, node] of nodes.entries()) await node.start(index === 0);
  const heal = async (): Promise<void> => {
    for (const [index] of nodes.entries()) network.setLink(index + 1, 'up');
    await bootstrapIfLost(nodes.filter((node) => node.isRunning));
    for (const node of nodes) if (!node.isRunning) await node.start();
    for (const node of nodes) await node.waitFor('Synced');
  };
  return { nodes, network, heal, database: (label) => createDatabase(nodes, label) };
}

const LOST_AFTER_MS = 10_000;

/**
 * On a busy machine all nodes can lose each other at the same moment, and no majority is left. An administrator then makes the node
 * with the last commit the cluster that the others join.
 */
async function bootstrapIfLost(running: readonly ClusterNode[]): Promise<void> {
  const until = Date.now() + LOST_AFTER_MS;
  while (Date.now() < until) {
    const states = await Promise.all(running.map((node) => node.status('wsrep_cluster_status')));
    if (states.includes('Primary')) return;
    await wait(200);
  }
  const commits = await Promise.all(
    running.map(async (node) => Number(await node.status('wsrep_last_committed'))),
  );
  await running[commits.indexOf(Math.max(...commits))]?.query(
    "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'",
  );
}

async function createDatabase(nodes: Cluster['nodes'], label: string): Promise<ClusterDatabase> {
  const name = `cluster_${label}`;
  const [first] = nodes;
  await first.query(`DROP DATABASE IF EXISTS ${name}`);
  await first.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await first.query("CREATE USER IF NOT EXISTS 'trestle'@'%' IDENTIFIED BY 'own'");
  await first.query(
    documentedGrant()
      .replace('trestle.*', `\`${name.replaceAll('_', '\\_')}\`.*`)
      .replace('localhost', '%'),
  );
  const on = (node: ClusterNode): FreshDatabase => ({
    name,
    host: '127.0.0.1',
    port: node.port,
    user: 'trestle',
    password: 'own',
    env: {
      MYSQL_HOST: nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
      MYSQL_DATABASE: name,
      MYSQL_USER: 'trestle',
      MYSQL_PASSWORD: 'own',
    },
    query: async <T>(sql: string, params: unknown[] = []) => {
      await node.query(`USE ${name}`);
      return node.query<T>(sql, params);
    },
    stream: <T>(sql: string) => streamFrom<T>(node, name, sql),
    drop: async () => void (await first.query(`DROP DATABASE IF EXISTS ${name}`)),
  });
  return { ...on(first), on };
}

async function* streamFrom<T>(node: ClusterNode, name: string, sql: string): AsyncGenerator<T> {
  const connection = await node.root();
  await connection.query(`USE ${name}`);
  yield* streamOf(connection)<T>(sql);
}
