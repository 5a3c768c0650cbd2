import { EPOCH } from './data/base.ts';
import { type Signer, createSigner } from './files/address.ts';
import { HOUR_MS } from '../../lib/time.ts';
import type { SandboxRecord } from './record.ts';
import { sets } from './sets.ts';
import { Table } from './table.ts';

/** The tables of a feed. */
export type Store = {
  readonly tables: ReadonlyMap<string, Table>;
  readonly signer: Signer;
  /** Namespace of the schema in `$metadata`. */
  namespace: string;
  table(resource: string): Table;
  /** Sets the initial records of a table. They are made when the table is first requested: most runs never use it. */
  defer(resource: string, make: () => Iterable<SandboxRecord>): void;
  /** Whether the table's initial records exist. */
  isFilled(resource: string): boolean;
  /** Instants after all earlier ones in the store; the last one is now, unless a stored one is later. */
  nextInstants(count: number): number[];
};

/** An empty store; `lifeMs` is how long its signed addresses are valid. */
export function createStore(now: () => number, lifeMs = HOUR_MS): Store {
  const tables = new Map([...sets].map(([name, set]) => [name, new Table(set)]));
  const deferred = new Map<string, () => Iterable<SandboxRecord>>();
  let latest = EPOCH;
  return {
    tables,
    signer: createSigner(now, lifeMs),
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
