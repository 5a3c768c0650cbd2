import { EPOCH } from './data/base.ts';
import { type Signer, createSigner } from './json.ts';
import type { SandboxRecord } from './record.ts';
import { sets } from './sets.ts';
import { Table } from './table.ts';

/** The feed as the server sees it. */
export type Store = {
  readonly tables: ReadonlyMap<string, Table>;
  readonly sign: Signer;
  /** Of the schema in `$metadata`. */
  namespace: string;
  table(resource: string): Table;
  /** What a table begins with, made when it is first asked for: most runs never look at it. */
  defer(resource: string, make: () => Iterable<SandboxRecord>): void;
  /** Whether that has been made, or never was put off. */
  isFilled(resource: string): boolean;
  /** Instants after all that were given out or put before, the last one now where that is possible. */
  nextInstants(count: number): number[];
};

/** An empty store. */
export function createStore(now: () => number): Store {
  const tables = new Map([...sets].map(([name, set]) => [name, new Table(set)]));
  const deferred = new Map<string, () => Iterable<SandboxRecord>>();
  let latest = EPOCH;
  return {
    tables,
    sign: createSigner(now),
    namespace: 'Cotality.DataStandard.RESO.DD',
    table(resource) {
      const table = tables.get(resource);
      if (table === undefined) throw new RangeError(`the sandbox has no ${resource}`);
      const make = deferred.get(resource);
      deferred.delete(resource);
      for (const record of make?.() ?? []) table.put(record);
      return table;
    },
    defer: (resource, make) => void deferred.set(resource, make),
    isFilled: (resource) => !deferred.has(resource),
    nextInstants(count) {
      for (const table of tables.values()) latest = Math.max(latest, table.latest);
      const first = Math.max(Math.floor(now()) - count + 1, Math.floor(latest) + 1);
      latest = Math.max(latest, first + count - 1);
      return Array.from({ length: count }, (_, i) => first + i);
    },
  };
}
