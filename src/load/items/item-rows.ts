import { type ItemContent, valuesOf } from './pack-items.ts';

export type RowValues = readonly (string | null)[];

/** What rows of a run have in common. `at` is `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type ItemScope = {
  readonly type: string;
  readonly name: string;
  readonly run: number;
  readonly at: string;
  /** `local` if the server accepts LOAD DATA LOCAL, which is faster. */
  readonly method: 'local' | 'insert';
  /** Maximum bytes of a statement. */
  readonly maxBytes: number;
  readonly revives: boolean;
};

/** A table, the columns that rows have after `run_id`, and those that replace stored values. */
export type ItemTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly replaced: readonly string[];
  rowOf(content: ItemContent, scope: ItemScope): RowValues;
  /** The columns of its lines in an `ItemPack`. */
  readonly lineColumns: readonly string[];
  /** What the other columns have in every row of a record that is an item. */
  constantsOf(scope: ItemScope): Readonly<Record<string, string | null>>;
};

export const RAW_DATA: ItemTable = {
  name: 'raw_data',
  columns: [
    'source_name',
    'external_id',
    'payload',
    'content_hash',
    'processed',
    'processed_at',
    'error',
    'ingested_at',
  ],
  replaced: [
    'payload = VALUES(payload)',
    'content_hash = VALUES(content_hash)',
    'processed = VALUES(processed)',
    'processed_at = VALUES(processed_at)',
    'error = VALUES(error)',
    'ingested_at = VALUES(ingested_at)',
    'attempts = attempts + 1',
    'run_id = VALUES(run_id)',
  ],
  rowOf: ({ key, payload, hash, item, error }, { name, at }) => [
    name,
    key,
    payload,
    hash,
    item === undefined ? '0' : '1',
    item === undefined ? null : at,
    error,
    at,
  ],
  lineColumns: ['content_hash', 'external_id', 'payload'],
  constantsOf: ({ name, at, run }) => ({
    source_name: name,
    processed: '1',
    processed_at: at,
    error: null,
    ingested_at: at,
    run_id: String(run),
  }),
};

/** The columns that `valuesOf` has. */
const VALUES = ['title', 'description', 'category', 'url', 'amount', 'quantity', 'metadata', 'published_at'];

const CONTENT = [...VALUES, 'item_hash', 'updated_at'];

export const UNIFIED_ITEMS: ItemTable = {
  name: 'unified_items',
  columns: ['source_type', 'source_name', 'external_id', 'first_seen_at', ...CONTENT],
  replaced: [...CONTENT.map((name) => `${name} = VALUES(${name})`), 'run_id = VALUES(run_id)'],
  rowOf: ({ key, item }, { type, name, at }) => {
    const { columns, hash } = item!;
    return [type, name, key, at, ...valuesOf(columns), hash, at];
  },
  lineColumns: ['item_hash', 'external_id', ...VALUES],
  constantsOf: ({ type, name, at, run }) => ({
    source_type: type,
    source_name: name,
    first_seen_at: at,
    updated_at: at,
    run_id: String(run),
  }),
};
