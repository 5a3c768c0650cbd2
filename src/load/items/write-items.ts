import { applyBisecting } from '../../db/by-halves.ts';
import type { Session } from '../../db/pool.ts';
import { RowRefusedError } from '../../errors.ts';
import { chunk } from '../../lib/chunk.ts';
import { LINES, TUPLES, writeRows } from '../release/row-text.ts';
import { LINE_FORMAT } from '../release/send-rows.ts';
import { quote } from '../statement.ts';
import type { ItemDifference, ItemWrite } from './compare-items.ts';
import { type ItemScope, type ItemTable, RAW_DATA, UNIFIED_ITEMS } from './item-rows.ts';

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
  difference: ItemDifference,
  scope: ItemScope,
): Promise<ReadonlyMap<ItemWrite, string>> {
  const refused = new Map([
    ...(await insertNew(session, UNIFIED_ITEMS, difference.newItems, scope)),
    ...(await upsert(session, UNIFIED_ITEMS, difference.changedItems, scope)),
  ]);
  const asRaw = (writes: readonly ItemWrite[]): readonly ItemWrite[] =>
    refused.size === 0
      ? writes
      : writes.map((write) =>
          refused.has(write) ? { ...write, item: undefined, error: refused.get(write)! } : write,
        );
  await insertNew(session, RAW_DATA, asRaw(difference.newRaw), scope);
  const known = new Set([...difference.newRaw, ...difference.changedRaw]);
  const more = [...refused.keys()].filter((write) => !known.has(write));
  await upsert(session, RAW_DATA, asRaw([...difference.changedRaw, ...more]), scope);
  return refused;
}

/** Inserts rows that are known to be new. */
async function insertNew(
  session: Session,
  table: ItemTable,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<ReadonlyMap<ItemWrite, string>> {
  if (writes.length === 0) return new Map();
  if (scope.method === 'local' && (await loadLines(session, table, writes, scope))) return new Map();
  return upsert(session, table, writes, scope);
}

/** @returns false if the server refused or left out a row, or changed a value: then nothing was stored. */
async function loadLines(
  session: Session,
  table: ItemTable,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<boolean> {
  await session.run('SAVEPOINT etl_items');
  const rows = writes.map((write) => table.rowOf(write, scope));
  const statement = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table.name} ${LINE_FORMAT} (${columnsOf(table)})`;
  const text = writeRows(LINES, rows, () => String(scope.run));
  const sent = await session.sendLocalFile(statement, [text]).catch((error: unknown) => {
    if (error instanceof RowRefusedError) return undefined;
    throw error;
  });
  if (sent?.matched === writes.length && sent.warnings === 0) return true;
  await session.run('ROLLBACK TO SAVEPOINT etl_items');
  return false;
}

function bytesOf({ payload }: ItemWrite): number {
  return 2 * payload.length + ROW_BYTES;
}

/** Inserts rows, or replaces the content of stored ones. */
async function upsert(
  session: Session,
  table: ItemTable,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<ReadonlyMap<ItemWrite, string>> {
  const refused = new Map<ItemWrite, string>();
  const most = Math.min(STATEMENT_BYTES, scope.maxBytes);
  for (const part of chunk(writes, 1000, most, bytesOf)) {
    const left = await applyBisecting(session, part, (some) => upsertPart(session, table, some, scope));
    for (const [write, message] of left) refused.set(write, message);
  }
  return refused;
}

async function upsertPart(
  session: Session,
  table: ItemTable,
  writes: readonly ItemWrite[],
  scope: ItemScope,
): Promise<void> {
  const rows = writes.map((write) => table.rowOf(write, scope));
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
