import { applyBisecting } from '../../db/by-halves.ts';
import type { Session } from '../../db/pool.ts';
import { RowRefusedError } from '../../errors.ts';
import { chunk } from '../../lib/chunk.ts';
import { TUPLES, writeRows } from '../release/row-text.ts';
import { LINE_FORMAT } from '../release/send-rows.ts';
import { quote } from '../statement.ts';
import type { ItemDifference } from './compare-items.ts';
import { type ItemScope, type ItemTable, RAW_DATA, UNIFIED_ITEMS } from './item-rows.ts';
import { type ItemContent, type ItemPack, type ItemWrite, linesOf, unpackItem } from './pack-items.ts';

/** Bytes of a statement with usual values: every server accepts it. */
const STATEMENT_BYTES = 1024 * 1024;

/** Bytes that the columns of a row take beside the payload, and the metadata made of it. */
const ROW_BYTES = 4096;

/**
 * Writes what differs: items first, so that a record whose item the database refuses is stored with the reason. Must be called
 * in a transaction.
 * @returns the items that the database refused, each with its message.
 */
export async function writeItems(
  session: Session,
  pack: ItemPack,
  difference: ItemDifference,
  scope: ItemScope,
): Promise<ReadonlyMap<ItemWrite, string>> {
  const refused = new Map([
    ...(await insertNew(session, UNIFIED_ITEMS, pack, difference.newItems, scope)),
    ...(await upsert(session, UNIFIED_ITEMS, pack, difference.changedItems, scope)),
  ]);
  // A record without an item has other values in columns that lines do not have.
  const isPlain = (write: ItemWrite): boolean => write.itemHash !== undefined && !refused.has(write);
  await insertNew(session, RAW_DATA, pack, difference.newRaw.filter(isPlain), scope);
  const known = new Set([...difference.newRaw, ...difference.changedRaw]);
  const more = [...refused.keys()].filter((write) => !known.has(write));
  const others = difference.newRaw.filter((write) => !isPlain(write));
  await upsert(session, RAW_DATA, pack, [...others, ...difference.changedRaw, ...more], scope, refused);
  return refused;
}

/**
 * Inserts all records of a pack and their items, if all of them are new. Must be called in a transaction.
 * @param writes those of the pack, one for each key; each is an item.
 * @returns false if one is not new, or cannot be stored as it is: then nothing was stored.
 */
export async function insertAllNew(
  session: Session,
  pack: ItemPack,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<boolean> {
  await session.run('SAVEPOINT etl_new');
  const isStored =
    (await loadLines(session, UNIFIED_ITEMS, pack, writes, scope)) &&
    (await loadLines(session, RAW_DATA, pack, writes, scope));
  if (!isStored) await session.run('ROLLBACK TO SAVEPOINT etl_new');
  return isStored;
}

/** Inserts rows that are known to be new. */
async function insertNew(
  session: Session,
  table: ItemTable,
  pack: ItemPack,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<ReadonlyMap<ItemWrite, string>> {
  if (writes.length === 0) return new Map();
  if (scope.method === 'local') {
    await session.run('SAVEPOINT etl_items');
    if (await loadLines(session, table, pack, writes, scope)) return new Map();
    await session.run('ROLLBACK TO SAVEPOINT etl_items');
  }
  return upsert(session, table, pack, writes, scope);
}

/** @returns false if the server refused or left out a row, or changed a value: the caller must roll back. */
async function loadLines(
  session: Session,
  table: ItemTable,
  pack: ItemPack,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<boolean> {
  const constants = Object.entries(table.constantsOf(scope));
  const assignments = constants.map(([column, value]) => `${quote(column)} = ${quoteLiteral(value)}`);
  const statement =
    `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table.name} ${LINE_FORMAT} ` +
    `(${table.lineColumns.map(quote).join(', ')}) SET ${assignments.join(', ')}`;
  const lines =
    table === RAW_DATA
      ? linesOf(
          pack.raw,
          writes.map(({ raw }) => raw),
        )
      : linesOf(
          pack.items,
          writes.map(({ item }) => item),
        );
  const sent = await session.sendLocalFile(statement, lines).catch((error: unknown) => {
    if (error instanceof RowRefusedError) return undefined;
    throw error;
  });
  return sent?.matched === writes.length && sent.warnings === 0;
}

/** Backslashes are no escapes: NO_BACKSLASH_ESCAPES is on (db/session.ts). */
function quoteLiteral(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}

function bytesOf({ payload }: ItemContent): number {
  return 2 * payload.length + ROW_BYTES;
}

/** Inserts rows, or replaces the content of stored ones. @param refused the records whose item was refused, with the reason. */
async function upsert(
  session: Session,
  table: ItemTable,
  pack: ItemPack,
  writes: readonly ItemWrite[],
  scope: ItemScope,
  refused: ReadonlyMap<ItemWrite, string> = new Map(),
): Promise<ReadonlyMap<ItemWrite, string>> {
  const failed = new Map<ItemWrite, string>();
  const most = Math.min(STATEMENT_BYTES, scope.maxBytes);
  const writeOf = new Map<ItemContent, ItemWrite>();
  const contents = writes.map((write) => {
    const content = unpackItem(pack, write);
    const error = refused.get(write);
    const stored = error === undefined ? content : { ...content, item: undefined, error };
    writeOf.set(stored, write);
    return stored;
  });
  for (const part of chunk(contents, 1000, most, bytesOf)) {
    const left = await applyBisecting(session, part, (some) => upsertPart(session, table, some, scope));
    for (const [content, message] of left) failed.set(writeOf.get(content)!, message);
  }
  return failed;
}

async function upsertPart(
  session: Session,
  table: ItemTable,
  contents: readonly ItemContent[],
  scope: ItemScope,
): Promise<void> {
  const rows = contents.map((content) => table.rowOf(content, scope));
  const text = writeRows(TUPLES, rows, () => String(scope.run));
  const revived = table === UNIFIED_ITEMS && scope.revives ? ['deleted_at = NULL'] : [];
  await session.run(
    `INSERT INTO ${table.name} (${columnsOf(table)}) VALUES ${text.toString('utf8', 0, text.length - 1)} ` +
      `ON DUPLICATE KEY UPDATE ${[...table.replaced, ...revived].join(', ')}`,
  );
}

function columnsOf({ columns }: ItemTable): string {
  return ['run_id', ...columns].map(quote).join(', ');
}
