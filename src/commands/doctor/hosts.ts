import type { DatabaseServer, Parts } from '../../app/checkup.ts';
import type { ClusterFacts, ServerFacts } from '../../db/server-facts.ts';
import { EtlError } from '../../errors.ts';
import { type Check, fail, type Finding, ok, warn } from '../../sources/check.ts';

/** A host of MYSQL_HOST, and the facts of its server or why there are none. */
export type ExaminedHost = { readonly name: string; readonly facts: ServerFacts | EtlError };

/** Checks every host if MYSQL_HOST names several; otherwise the other checks of the database show it. */
export function listHostChecks(parts: () => Parts, servers: readonly DatabaseServer[]): Check[] {
  if (servers.length < 2) return [];
  const run = async (): Promise<Finding> => checkHosts(await Promise.all(parts().servers.map(examine)));
  return [{ name: 'database hosts', needs: ['configuration'], run }];
}

async function examine({ name, readFacts }: DatabaseServer): Promise<ExaminedHost> {
  try {
    return { name, facts: await readFacts() };
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return { name, facts: error };
  }
}

/** Fails if no server takes writes; warns if one could not replace the others. */
export function checkHosts(hosts: readonly ExaminedHost[]): Finding {
  const list = hosts.map(({ name, facts }) => `${name}: ${describeServer(facts)}`).join('\n');
  const writers = hosts.filter(({ facts }) => takesWrites(facts));
  if (writers.length === 0)
    return fail(
      `${list}\nno server takes writes`,
      'start a server, or end the read-only mode of the one that is to be the primary: SET GLOBAL read_only = OFF',
    );
  const replicas = writers.filter(({ facts }) => !(facts instanceof EtlError) && isReplica(facts));
  if (replicas.length > 0)
    return warn(
      list,
      `${namesOf(replicas)} would take the writes of a run although it is a replica: SET GLOBAL read_only = ON there`,
    );
  const clusters = new Set(
    hosts.flatMap(({ facts }) => (facts instanceof EtlError ? [] : clusterNameOf(facts))),
  );
  if (clusters.size > 1)
    return warn(
      list,
      'the servers do not share their data: name only the nodes of one cluster in MYSQL_HOST',
    );
  const lost = hosts.filter(({ facts }) => facts instanceof EtlError || isLost(facts));
  if (lost.length > 0)
    return warn(list, `runs use the others; start ${namesOf(lost)}, or remove it from MYSQL_HOST`);
  return ok(list);
}

function namesOf(hosts: readonly ExaminedHost[]): string {
  return hosts.map(({ name }) => name).join(' and ');
}

function takesWrites(facts: ExaminedHost['facts']): boolean {
  return !(facts instanceof EtlError) && facts.forbiddenBy.length === 0 && !isLost(facts);
}

/** Whether it is a node that takes no statements. */
function isLost({ cluster }: ServerFacts): boolean {
  return cluster !== undefined && !(cluster.isReady && cluster.status === 'Primary');
}

function isReplica({ replica }: ServerFacts): boolean {
  return replica !== undefined && replica !== 'hidden';
}

/** The name of a cluster; an empty one for a server that is in none. */
function clusterNameOf({ cluster, forbiddenBy, replica }: ServerFacts): string[] {
  // A replica of a cluster is no node of it.
  if (cluster === undefined && (forbiddenBy.length > 0 || replica !== undefined)) return [];
  return [cluster?.name ?? ''];
}

function describeServer(facts: ExaminedHost['facts']): string {
  if (facts instanceof EtlError) return facts.message;
  const { cluster, forbiddenBy, replica, version } = facts;
  const role = forbiddenBy.length > 0 ? `read only (${forbiddenBy.join(', ')})` : 'takes writes';
  return [
    isLost(facts) ? 'takes no statements' : role,
    version,
    ...(cluster === undefined ? [] : [describeCluster(cluster)]),
    ...(replica === undefined || replica === 'hidden' ? [] : [describeReplica(replica)]),
  ].join(', ');
}

/** Describes a node's view of its cluster. */
export function describeCluster({ name, size, status, state }: ClusterFacts): string {
  return `Galera cluster ${name} of ${size} node${size === 1 ? '' : 's'} (${status}, ${state})`;
}

function describeReplica({ lagSeconds }: { readonly lagSeconds: number | undefined }): string {
  return lagSeconds === undefined ? 'replica, stopped' : `replica, ${lagSeconds} s behind`;
}
