import type * as z from '../lib/zod.ts';
import type { SourceDefinition } from './definition.ts';

/** A kind of source that sources.yaml can have entries of. */
export type SourceKind<Entry = unknown> = {
  /** The value of `type`: `county`. */
  readonly type: string;
  /** What an entry has besides `type` and `every`. Loaded with the first file that has such an entry. */
  readonly entry: () => z.ZodType<Entry>;
  /** The time between two runs unless the entry has `every`; milliseconds. */
  readonly every: number;
  /**
   * Replaces references to variables, such as `${TOKEN}`, in an entry before it is checked; unset: it can have none.
   * @param settings the entry as the file has it, without `type` and `every`; every scalar is text.
   */
  readonly resolve?: (settings: Readonly<Record<string, unknown>>, lookUp: LookUp) => ResolvedEntry;
  /**
   * @param written the same entry before references were replaced.
   * @throws ConfigError
   */
  readonly define: (id: string, entry: Entry, place: EntryPlace, written: WrittenEntry) => SourceDefinition;
};

/** The place of an entry. */
export type EntryPlace = {
  /** The folder of sources.yaml, which relative paths start in. */
  readonly folder: string;
  /** Names a key of the entry, with its file and line, for messages. */
  readonly locate: (path: readonly PropertyKey[]) => string;
};

/** An entry with its references to variables. */
export type WrittenEntry = {
  /** As the file has it, without `type` and `every`; every scalar is text. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The values of its variables by name. No log, message or table may contain them. */
  readonly values: ReadonlyMap<string, string>;
};

/** Returns the value of a variable, from the environment or the configuration file; undefined if it is not set. */
export type LookUp = (name: string) => string | undefined;

export type ResolvedEntry = {
  readonly settings: Readonly<Record<string, unknown>>;
  /** The values that were inserted, by name. No log, message or table may contain them. */
  readonly values: ReadonlyMap<string, string>;
  /** The names of the variables, also of those that are not set. */
  readonly names: readonly string[];
  readonly problems: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
};
