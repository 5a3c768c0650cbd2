import { FatalError, UnavailableError } from '../errors.ts';
import type { ErrorRule } from './error-rule.ts';

const TOO_LARGE_TRANSACTION = 'the transaction is too large for the database: ';

const NOT_IN_CLUSTER = {
  Kind: UnavailableError,
  prefix: 'the node is not in its cluster: ',
  hint: "it was cut off, or is joining: add the other nodes to MYSQL_HOST. The node has rejoined when SHOW STATUS LIKE 'wsrep_cluster_status' is Primary",
};

/** Errors of Galera nodes and TiDB. */
export const CLUSTER_RULES: readonly ErrorRule[] = [
  { errnos: [1047], pattern: /WSREP/, ...NOT_IN_CLUSTER },
  // Galera limits rows and bytes.
  {
    errnos: [1180, 1105],
    pattern: /wsrep_max_ws|writeset size exceeded|transaction size/i,
    Kind: FatalError,
    prefix: TOO_LARGE_TRANSACTION,
    hint: 'set PAGE_SIZE lower: a page is committed as a whole; or raise wsrep_max_ws_rows and wsrep_max_ws_size on the server',
  },
  // TiDB: https://docs.pingcap.com/tidb/stable/error-codes
  {
    errnos: [8004],
    Kind: FatalError,
    prefix: TOO_LARGE_TRANSACTION,
    hint: 'set PAGE_SIZE lower: a page is committed as a whole',
  },
  // A node that loses its cluster while it commits: the transaction may be committed or not.
  { errnos: [1180], pattern: /Primary Component|provider status/, ...NOT_IN_CLUSTER },
];
