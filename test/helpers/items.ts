import type { Checkpoint, ItemBatch, ItemReader, Mapper, ReadEnd } from '../../src/sources/items.ts';
import { compileMapper } from '../../src/sources/items/map/compile.ts';
import { itemMapping } from '../../src/sources/items/map/settings.ts';
import type { RawRecord } from '../../src/sources/items.ts';
import type { Source } from '../../src/sources/source.ts';
import { acquireLock } from '../../src/host/lock.ts';
import type { RunTools } from '../../src/run/active-run.ts';
import type { ItemsOptions } from '../../src/run/items/load-items.ts';
import { type ItemsOutcome, runItems } from '../../src/run/items/run-items.ts';
import { migratedDatabase } from './template.ts';
import { pipeline, temporaryFolder } from './pipeline.ts';

export type ArraySource = {
  type?: ItemReader['type'];
  /** What the next read has: batches of records. */
  batches: (readonly RawRecord[])[];
  outcome?: ReadEnd['outcome'];
  isWhole?: boolean;
  minPause?: number;
  /** Whether the read ends before the end of the source. */
  isCut?: boolean;
  warnings?: readonly string[];
  /** Thrown after so many batches. */
  error?: { readonly after: number; readonly error: Error };
  before?: (batch: number) => Promise<void> | void;
  mapping?: object;
  readShape?: string;
  formerReadShape?: string;
  mapShape?: string;
  deletes?: ItemReader['deletes'];
  server?: string | undefined;
  /** Called with the payload of each record that is mapped. */
  mapped?: (payload: string) => void;
  /** The checkpoints that reads started from. */
  readonly starts?: (Checkpoint | undefined)[];
};

/** A reader over arrays. The value of a checkpoint is the number of batches before it. */
export function readerOf(id: string, source: ArraySource): ItemReader {
  const item = { external_id: 'id', title: 'title', amount: 'amount', ...source.mapping };
  const compiled = compileMapper(itemMapping.parse(item), { empty: [] });
  const mapper: Mapper = {
    ...compiled,
    map: (...record) => {
      source.mapped?.(record[1]);
      return compiled.map(...record);
    },
  };
  return {
    type: source.type ?? 'csv',
    readShape: source.readShape ?? 'read 1',
    ...(source.formerReadShape !== undefined && { formerReadShape: source.formerReadShape }),
    mapShape: source.mapShape ?? 'map 1',
    deletes: source.deletes ?? 'never',
    server: source.server,
    mapper,
    advice: [],
    async *read({ checkpoint, always }): AsyncGenerator<ItemBatch> {
      source.starts?.push(checkpoint);
      const begin = always ? 0 : Number(checkpoint?.value ?? 0);
      const most = source.batches.length;
      for (let nth = Math.min(begin, most); nth <= most; nth += 1) {
        await source.before?.(nth);
        if (source.error?.after === nth) throw source.error.error;
        if (nth === most && (most > 0 || source.batches.length > 0) && begin < most) return;
        const records = (source.batches[nth] ?? []).map((record, place) => {
          const payload = JSON.stringify(record);
          return { ...mapper.map(record, payload), payload, place: `${id} batch ${nth}, record ${place}` };
        });
        const isLast = nth >= most - 1;
        const value = String(Math.min(nth + 1, most));
        const end = {
          outcome: source.outcome ?? 'read',
          isWhole: source.isWhole ?? begin === 0,
          ...(source.minPause !== undefined && { minPause: source.minPause }),
        };
        yield {
          records,
          checkpoint: { kind: 'page', value, position: null, validators: {} },
          place: `batch ${nth}`,
          warnings: source.warnings ?? [],
          ...(isLast && source.isCut !== true ? { end } : {}),
        };
        if (isLast) return;
      }
    },
  };
}

/** A database, and runs of item sources over it. */
export async function itemsPipeline() {
  const all = await pipeline({ listings: 1 }, migratedDatabase);
  const stateDir = temporaryFolder();
  const toolsOf = (id: string, source: ArraySource, more: Partial<RunTools> = {}): RunTools => {
    const opened: Source = {
      id,
      now: Date.now,
      requests: () => 0,
      read: () => {
        throw new Error('it has no datasets');
      },
      items: { type: source.type ?? 'csv', load: () => Promise.resolve(readerOf(id, source)) },
    };
    const { log } = all.tools();
    const lock = () => acquireLock(stateDir, log.main, id);
    return all.tools({ tools: { source: opened, acquireLock: lock, catalogue: [], ...more } });
  };
  const run = (
    id: string,
    source: ArraySource,
    options: Partial<ItemsOptions & { mode: 'sync' | 'full-load'; dryRun: boolean }> = {},
    more: Partial<RunTools> = {},
  ): Promise<ItemsOutcome> =>
    runItems(toolsOf(id, source, more), {
      mode: 'sync',
      dryRun: false,
      always: options.mode === 'full-load',
      force: false,
      maxDeletePercent: 20,
      ...options,
    });
  return { ...all, toolsOf, runItems: run };
}
