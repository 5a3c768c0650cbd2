import { randomUUID } from 'node:crypto';
import { MINUTE_MS } from '../../../lib/time.ts';
import { hashText } from '../random.ts';
import type { TableEntry, Table } from '../table.ts';
import { QueryError } from './error.ts';
import { findRows } from './find.ts';
import type { ODataQuery } from './query.ts';
import { createPredicate } from './predicate.ts';

const LIFETIME_MS = 5 * MINUTE_MS;

type ReplicationSession = {
  readonly query: ODataQuery;
  readonly keys: readonly string[];
  at: number;
  used: number;
};

/** Active replication reads. The server stores the position; one address serves all pages. */
export class Replications {
  readonly #sessions = new Map<string, ReplicationSession>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Starts a read of all records that match now, in an arbitrary order; returns its id. */
  start(table: Table, query: ODataQuery): string {
    const { rows } = findRows(table, { ...query, count: false }, Infinity);
    const keys = rows.map(({ key }) => key).sort((a, b) => hashText(a) - hashText(b));
    const id = `1-${randomUUID()}`;
    this.#sessions.set(id, { query, keys, at: 0, used: this.#now() });
    return id;
  }

  /** Returns the query of a read. Throws if the read has expired, after five minutes without a request. */
  query(id: string): ODataQuery {
    const session = this.#sessions.get(id);
    if (session !== undefined && this.#now() - session.used < LIFETIME_MS) return session.query;
    this.#sessions.delete(id);
    throw new QueryError(`The replication '${id}' was not found or has expired.`, 404);
  }

  /** Returns the next rows, without those that were removed or no longer match. */
  next(id: string, table: Table, limit: number): TableEntry[] {
    const session = this.#sessions.get(id)!;
    const matches = session.query.filter ? createPredicate(session.query.filter, table.set) : () => true;
    const rows: TableEntry[] = [];
    while (rows.length < limit && session.at < session.keys.length) {
      const entry = table.get(session.keys[session.at++]!);
      if (entry && matches(entry)) rows.push(entry);
    }
    session.used = this.#now();
    return rows;
  }

  kill(id: string): void {
    this.#sessions.delete(id);
  }
}
