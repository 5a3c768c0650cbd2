import { EPOCH } from './data/base.ts';
import { type Signer, signer } from './json.ts';
import { sets } from './sets.ts';
import { Table } from './table.ts';

/** The feed as the server sees it. */
export type Store = {
  readonly tables: ReadonlyMap<string, Table>;
  readonly sign: Signer;
  table(resource: string): Table;
  /** Instants after all that were given out or put before, the last one now where that is possible. */
  moments(count: number): number[];
};

/** An empty store. */
export function makeStore(now: () => number): Store {
  const tables = new Map([...sets].map(([name, set]) => [name, new Table(set)]));
  let latest = EPOCH;
  return {
    tables,
    sign: signer(now),
    table(resource) {
      const table = tables.get(resource);
      if (table === undefined) throw new RangeError(`the sandbox has no ${resource}`);
      return table;
    },
    moments(count) {
      for (const table of tables.values()) latest = Math.max(latest, table.latest);
      const first = Math.max(Math.floor(now()) - count + 1, Math.floor(latest) + 1);
      latest = Math.max(latest, first + count - 1);
      return Array.from({ length: count }, (_, i) => first + i);
    },
  };
}
