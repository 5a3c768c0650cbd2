import type { ItemScope } from '../../load/items/item-rows.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { type ItemState, NEW_STATE, readItemState, saveItemState } from '../../record/item-checkpoint.ts';
import { type ItemLeftovers, readLeftovers } from '../../record/item-leftovers.ts';
import type { Checkpoint, ItemReader } from '../../sources/items.ts';
import type { Session } from '../../db/pool.ts';
import type { ActiveRun } from '../active-run.ts';
import { readTraits } from '../release/stage-release.ts';
import { ensureOneType } from './former-type.ts';
import { createSeenIds, type SeenIds } from './seen-ids.ts';

/** What a run of an item source knows. */
export type ItemsRun = {
  readonly active: ActiveRun;
  readonly reader: ItemReader;
  readonly method: ItemScope['method'];
  /** When the run started. */
  readonly leftovers: ItemLeftovers;
  /** The items that the source still has. */
  seen: SeenIds;
  /** Whether stored records were mapped again. */
  hasRemapped: boolean;
  /** Items that this run has made of stored records: unless the source still has them, they are absent. */
  remade: readonly number[];
  /** Whether every item has the present mapping now. */
  isMappedAnew: boolean;
  /** As it is stored; undefined if the source has no row yet. */
  state: ItemState | undefined;
  /** Whether nothing of the source was stored before this run, and no key was repeated in it; undefined if unknown. */
  isEmpty?: boolean;
  /** The error of the source that ends the run. */
  failure?: unknown;
};

const NO_LEFTOVERS: ItemLeftovers = {
  hasOtherType: false,
  hasInterruptedRekey: false,
  hasUnprocessed: false,
};

/** @throws ConfigError if what is stored of the source is of another type. */
export async function startItemsRun(active: ActiveRun, reader: ItemReader): Promise<ItemsRun> {
  const { connection, tools } = active;
  const { id } = tools.source;
  const state = active.hasTables ? await readItemState(connection, id) : undefined;
  const leftovers = active.hasTables ? await readLeftovers(connection, id, reader.type) : NO_LEFTOVERS;
  ensureOneType(active, reader.type, { state, leftovers });
  const { method } = await tools.recall('server traits', () => readTraits(connection));
  return {
    active,
    reader,
    method,
    seen: createSeenIds(),
    hasRemapped: false,
    remade: [],
    isMappedAnew: false,
    state,
    leftovers,
  };
}

export function scopeOf({ active, reader, method }: ItemsRun, at: string, revives = true): ItemScope {
  const { id: run, maxBytes, tools } = active;
  return { type: reader.type, name: tools.source.id, run, at, method, maxBytes, revives };
}

/** The state that is stored, or that of a new source. */
export function stateOf({ state, reader }: ItemsRun): ItemState {
  return state ?? { ...NEW_STATE, sourceType: reader.type, mapShape: reader.mapShape };
}

/** Stores the state if it differs. @returns the state that is stored then. */
export async function saveState(
  session: Session,
  { active, state }: ItemsRun,
  next: ItemState,
): Promise<ItemState> {
  if (state !== undefined && JSON.stringify(state) === JSON.stringify(next)) return state;
  const { tools, id: run } = active;
  await saveItemState(session, tools.source.id, next, { run, at: toSqlDateTime(tools.clock.now()) });
  return next;
}

/** The state with a new checkpoint of the reader. */
export function withCheckpoint(before: ItemState, reader: ItemReader, checkpoint: Checkpoint): ItemState {
  const { kind, value, position, validators } = checkpoint;
  return {
    ...before,
    sourceType: reader.type,
    server: reader.server,
    readShape: reader.readShape,
    mapShape: before.mapShape ?? reader.mapShape,
    checkpoint: {
      kind,
      value,
      position: position === null ? null : JSON.stringify(position),
      validators: JSON.stringify(validators),
    },
  };
}

export function toCheckpoint({ checkpoint }: ItemState): Checkpoint | undefined {
  if (checkpoint === undefined) return undefined;
  const { kind, value, position, validators } = checkpoint;
  return {
    kind: kind as Checkpoint['kind'],
    value,
    position: position === null ? null : (JSON.parse(position) as Checkpoint['position']),
    validators: JSON.parse(validators) as Checkpoint['validators'],
  };
}
