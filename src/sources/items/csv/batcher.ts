import type { ItemBatch, ItemRecord, Json } from '../../items.ts';

const MAX_RECORDS = 2_000;
/** Characters of the payloads of a batch. */
const MAX_LENGTH = 1 * 1024 * 1024;

/** The records that are read but not yet passed on, and the state of the read after them. */
export type Batcher = {
  add(records: readonly ItemRecord[]): void;
  isFull(): boolean;
  isEmpty(): boolean;
  /** Called with each warning for the user; repeated ones are dropped. */
  warn(message: string): void;
  /** The place in the file that is being read; null: between reads. */
  moveTo(at: Json): void;
  /** A file is complete, or unchanged. */
  finish(name: string, state: Json): void;
  take(end?: ItemBatch['end']): ItemBatch;
};

/** @param onRecords takes the records instead of the batch. */
export function createBatcher(
  validators: Readonly<Record<string, Json>>,
  since: number,
  onRecords?: (records: readonly ItemRecord[]) => void,
): Batcher {
  let records: ItemRecord[] = [];
  let count = 0;
  let lastPlace = '';
  let length = 0;
  let warnings: string[] = [];
  let position: Json = null;
  let finished = validators;
  const known = new Set<string>();
  return {
    add: (added) => {
      if (onRecords === undefined) records.push(...added);
      else if (added.length > 0) onRecords(added);
      count += added.length;
      for (const { payload } of added) length += payload.length;
      lastPlace = added.at(-1)?.place ?? lastPlace;
    },
    isFull: () => count >= MAX_RECORDS || length >= MAX_LENGTH,
    isEmpty: () => count === 0,
    warn: (message) => {
      if (!known.has(message)) warnings.push(message);
      known.add(message);
    },
    moveTo: (at) => {
      position = at;
    },
    finish: (name, state) => {
      finished = { ...finished, [name]: state };
    },
    take: (end) => {
      const at = end === undefined && position !== null ? { at: position, since } : null;
      const batch = {
        records,
        checkpoint: { kind: 'file' as const, value: null, position: at, validators: finished },
        place: count === 0 ? 'no new records' : `${count} records, to ${lastPlace}`,
        warnings,
        ...(end !== undefined && { end }),
      };
      records = [];
      count = 0;
      warnings = [];
      length = 0;
      return batch;
    },
  };
}
