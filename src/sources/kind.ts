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
   * @param folder the folder of sources.yaml, which relative paths start in.
   * @throws ConfigError
   */
  readonly define: (id: string, entry: Entry, folder: string) => SourceDefinition;
};
