import type { Item } from '../model/item.ts';

export type { Item };

/** The kinds of source that become rows of `unified_items`. */
export type SourceType = 'api' | 'csv' | 'rss';

/** A value that JSON can hold. Numbers with more digits than a double holds are texts (lib/exact-json.ts). */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** A record as its source sent it: an element of a list, a line by its header, an entry of a feed. */
export type RawRecord = { readonly [name: string]: Json | undefined };

/** A record after mapping. */
export type MappedRecord = {
  /**
   * Its external id, at most 255 characters: the source's own, or `sha256:` and 64 digits if that is longer. A record without
   * an id has `no-id:` and the SHA-256 of its payload, and no item.
   */
  readonly key: string;
  /** Undefined: it cannot be an item, for the reason in `error`. */
  readonly item: Item | undefined;
  readonly error: string | undefined;
  /** Values that were cut or could not be read, each as one sentence without the value: `title was cut to 500 characters`. */
  readonly notes: readonly string[];
  /** Mapped fields that the record does not have. */
  readonly missing: readonly string[];
};

export type ItemRecord = MappedRecord & {
  /** The record as JSON text, as it is stored. */
  readonly payload: string;
  /** For messages: `page 3, record 17`, `roster-2026.csv line 812`. */
  readonly place: string;
};

/** Turns records of one source into items. Pure. */
export type Mapper = {
  /**
   * @param payload the record as text: what a key is made of if the record has none.
   * @param id the identity that the source found itself, instead of `external_id` of the mapping: feeds have one.
   */
  map(record: RawRecord, payload: string, id?: string): MappedRecord;
  /** Fields of an item that the mapping has: `title`, `amount`. */
  readonly fields: readonly string[];
};

/** The kinds of checkpoint: by the time or the id of records, by page only, by the identity of files, by a feed's validators. */
export type CheckpointKind = 'timestamp' | 'id' | 'page' | 'file' | 'feed';

/** Where the next read starts. Stored as it is; only the source understands it. */
export type Checkpoint = {
  readonly kind: CheckpointKind;
  /** Everything up to it is stored: a time or an id in the source's own text. Null: nothing, or the source has none. */
  readonly value: string | null;
  /** The place in a read that has not ended, and when that began, in milliseconds. Null: the last read ended. */
  readonly position: { readonly at: Json; readonly since: number } | null;
  /** By address or path: what identifies the state that was last stored, so that nothing is read if it is unchanged. */
  readonly validators: Readonly<Record<string, Json>>;
};

/** Records that are stored together with the checkpoint after them. */
export type ItemBatch = {
  /** Without those that `onRecords` has taken. */
  readonly records: readonly ItemRecord[];
  readonly checkpoint: Checkpoint;
  /** For people, such as `page 2: 200 records`. */
  readonly place: string;
  /** What the user should know: a feed that moved, entries that may have been missed. Each once for a read. */
  readonly warnings: readonly string[];
  /** With the last batch only. */
  readonly end?: ReadEnd;
};

export type ReadEnd = {
  /**
   * `read`: to the end. `unchanged`: the source still has what is stored. `gone`: it answered 410, or has no file any more.
   * `waiting`: a file is still being written, or does not exist yet.
   */
  readonly outcome: 'read' | 'unchanged' | 'gone' | 'waiting';
  /** Whether this read had every record of the source, from the first to the last, in one go. */
  readonly isWhole: boolean;
  /** Milliseconds that the server wants between two reads; unset: it does not say. */
  readonly minPause?: number;
};

export type ItemReadOptions = {
  /** Undefined: from the beginning. */
  readonly checkpoint: Checkpoint | undefined;
  /** Reads what is unchanged too, without conditions. */
  readonly always: boolean;
  /** Ends after this number of batches. */
  readonly maxBatches?: number | undefined;
  /**
   * Takes records of the next batch as soon as they are read, so that a large batch is never held as a list: what it has taken
   * is not in `records`. A reader whose batches are small need not call it.
   */
  readonly onRecords?: (records: readonly ItemRecord[]) => void;
};

/** Reads one source of items, and maps its records. */
export type ItemReader = {
  readonly type: SourceType;
  /** A hash of what is read: address, query, records, paging, identity. If it differs, the checkpoint is of something else. */
  readonly readShape: string;
  /** The hash that earlier versions stored for the same, with the values of variables; unset if it is the same hash. */
  readonly formerReadShape?: string;
  /** A hash of the mapping. If it differs, stored items are of another mapping. */
  readonly mapShape: string;
  /** `absent`: items that a complete read does not have are deleted. */
  readonly deletes: 'never' | 'absent';
  /** What shares failures: the host and the credentials. Undefined for files of this machine. */
  readonly server: string | undefined;
  readonly mapper: Mapper;
  /** Identity of a stored record, for `reprocess`. Undefined: `external_id` of the mapping. */
  readonly identify?: (record: RawRecord) => string | undefined;
  /**
   * Checks that what a mapping names exists, by the first records as JSON; `read` does it itself.
   * @throws ConfigError with the line in sources.yaml.
   */
  readonly ensureMapped?: (payloads: readonly string[]) => void;
  /**
   * Reads from the checkpoint to the end. The last batch has `end`, and may have no records.
   * @throws EtlError of the request after its retries; the signal's reason.
   */
  read(options: ItemReadOptions, signal: AbortSignal): AsyncIterable<ItemBatch>;
  /** What is doubtful about the configuration, for `sources test`: an offset without an order. */
  readonly advice: readonly string[];
};

/** Whether what a checkpoint belongs to is what a reader reads. @param stored undefined: nothing was stored yet. */
export function isSameRead(
  stored: string | undefined,
  { readShape, formerReadShape }: Pick<ItemReader, 'readShape' | 'formerReadShape'>,
): boolean {
  return stored === undefined || stored === readShape || stored === formerReadShape;
}

/** Loads the code that reads items when it is needed: every command opens the sources. */
export type ItemsLoader = {
  readonly type: SourceType;
  /** @throws ConfigError if the mapping is wrong. */
  load(): Promise<ItemReader>;
};
