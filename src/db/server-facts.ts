import { EtlError, UnavailableError } from '../errors.ts';
import type { Session } from './pool.ts';
import { findReadOnly } from './server-state.ts';
import type { SendQuery } from './send-query.ts';
import { isOn, readServerVariables } from './server-variables.ts';

/** A node's view of its Galera cluster. */
export type ClusterFacts = {
  readonly name: string;
  /** Nodes that it is connected with, itself included. */
  readonly size: number;
  /** `Primary`, or `non-Primary` if it was cut off. */
  readonly status: string;
  /** `Synced`, `Donor/Desynced`, `Joined` … */
  readonly state: string;
  readonly isReady: boolean;
};

/** What `doctor` shows of a server. */
export type ServerFacts = {
  readonly version: string;
  /** The variables that forbid writes. */
  readonly forbiddenBy: readonly string[];
  readonly cluster: ClusterFacts | undefined;
  /** Undefined if it is no replica; `hidden` if this user may not see that. */
  readonly replica: { readonly lagSeconds: number | undefined } | 'hidden' | undefined;
};

const VARIABLES = [
  'version',
  'read_only',
  'super_read_only',
  'innodb_read_only',
  'wsrep_on',
  'wsrep_cluster_name',
];
const STATUS = ['wsrep_cluster_size', 'wsrep_cluster_status', 'wsrep_local_state_comment', 'wsrep_ready'];

/** Reads the facts with SHOW, which also a node without its cluster answers. */
export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const query: SendQuery = (sql) => session.select(sql);
  const variables = await readServerVariables(query, 'GLOBAL VARIABLES', VARIABLES);
  const isNode = isOn(variables['wsrep_on']);
  return {
    version: variables['version'] ?? '',
    forbiddenBy: findReadOnly(variables),
    cluster: isNode ? await readClusterFacts(query, variables['wsrep_cluster_name'] ?? '') : undefined,
    replica: await readReplica(session),
  };
}

async function readClusterFacts(query: SendQuery, name: string): Promise<ClusterFacts> {
  const status = await readServerVariables(query, 'GLOBAL STATUS', STATUS);
  return {
    name,
    size: Number(status['wsrep_cluster_size'] ?? 0),
    status: status['wsrep_cluster_status'] ?? '',
    state: status['wsrep_local_state_comment'] ?? '',
    isReady: status['wsrep_ready'] === 'ON',
  };
}

/** Requires SLAVE MONITOR on MariaDB, REPLICATION CLIENT on MySQL. */
async function readReplica(session: Session): Promise<ServerFacts['replica']> {
  try {
    const rows = await session.select<Record<string, number | string | null>>('SHOW REPLICA STATUS');
    if (rows.length === 0) return undefined;
    const lags = rows.map((row) => row['Seconds_Behind_Source'] ?? row['Seconds_Behind_Master'] ?? null);
    return { lagSeconds: lags.includes(null) ? undefined : Math.max(...lags.map(Number)) };
  } catch (error) {
    if (!(error instanceof EtlError) || error instanceof UnavailableError) throw error;
    return 'hidden';
  }
}
