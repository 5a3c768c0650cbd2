import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Reject, Row } from '../model/row.ts';
import { UNIQUE_CLASH } from '../model/unique-clash.ts';

/** In characters. A record too large for the server's packets is truncated; the rest is enough to identify it. */
const MAX_RAW_LENGTH = 500_000;

type QuarantineOptions = {
  readonly run: number;
  readonly source: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly at: string;
  readonly maxBytes: number;
};

/** Stores records that cannot be rows, one entry per key, with the text and the reasons of the newest version. */
export async function quarantineRejects(
  session: Session,
  { resource, rules }: { readonly resource: string; readonly rules: string },
  rejects: readonly Reject[],
  { run, source, at, maxBytes }: QuarantineOptions,
): Promise<void> {
  // At most four bytes of UTF-8 per character.
  const maxLength = Math.min(MAX_RAW_LENGTH, Math.floor(maxBytes / 4));
  for (const reject of [...rejects].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    await session.run(
      'INSERT INTO etl_quarantine (source, resource, record_key, parent_key, version_timestamp, raw, reasons, rules, run_id, first_seen, last_seen, times_seen) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON DUPLICATE KEY UPDATE parent_key = VALUES(parent_key), version_timestamp = VALUES(version_timestamp), raw = VALUES(raw), ' +
        'reasons = VALUES(reasons), rules = VALUES(rules), run_id = VALUES(run_id), last_seen = VALUES(last_seen), times_seen = times_seen + 1',
      [
        source,
        resource,
        reject.key,
        reject.parent,
        reject.version,
        reject.raw.slice(0, maxLength),
        JSON.stringify(reject.reasons),
        rules,
        String(run),
        at,
        at,
      ],
    );
  }
}

/** Updates the reasons of quarantined records after an evaluation by the current rules. Skips truncated records. */
export async function updateReasons(
  session: Session,
  resource: string,
  rejects: readonly Reject[],
): Promise<void> {
  for (const { key, reasons } of rejects.filter((reject) =>
    reject.reasons.every(({ field }) => field !== ''),
  )) {
    await session.run('UPDATE etl_quarantine SET reasons = ? WHERE resource = ? AND record_key = ?', [
      JSON.stringify(reasons),
      resource,
      key,
    ]);
  }
}

/** Records that these entries, if they still exist, were evaluated by these rules. */
export async function markEvaluated(
  session: Session,
  { resource, rules }: { readonly resource: string; readonly rules: string },
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await session.run(
    `UPDATE etl_quarantine SET rules = ? WHERE resource = ? AND record_key IN (${placeholders(keys.length)})`,
    [rules, resource, ...keys],
  );
}

/**
 * Reads keys of entries that may be valid now, in key order, after `last`: those that were evaluated by different rules, and
 * those that clashed with another record.
 */
export async function readRetryableKeys(
  session: Session,
  { resource, rules }: { readonly resource: string; readonly rules: string },
  last: string,
  limit: number,
): Promise<string[]> {
  const rows = await session.select<{ key: string }>(
    'SELECT record_key AS `key` FROM etl_quarantine WHERE resource = ? AND record_key > ? ' +
      `AND (rules IS NULL OR rules <> ? OR reasons LIKE ?) ORDER BY record_key LIMIT ${Math.trunc(limit)}`,
    [resource, last, rules, `%"rule":"${UNIQUE_CLASH}%`],
  );
  return rows.map((row) => row.key);
}

/**
 * Deletes the entries of records that now have a valid version.
 * @param protectedUpTo keeps an entry whose version is newer than the row's but not later than this. Undefined: keeps none,
 *   because the rows are the feed's current state.
 */
export async function clearQuarantine(
  session: Session,
  resource: string,
  rows: readonly Row[],
  protectedUpTo?: string,
): Promise<void> {
  const [any] = await session.select<{ one: number }>(
    'SELECT 1 AS one FROM etl_quarantine WHERE resource = ? LIMIT 1',
    [resource],
  );
  if (any === undefined) return;
  const versions = new Map(rows.map((row) => [row.key, row.version]));
  for (const part of chunk([...versions.keys()].sort(), 1000)) {
    const held = await session.select<{ record_key: string; version: string | null }>(
      `SELECT record_key, version_timestamp AS version FROM etl_quarantine WHERE resource = ? AND record_key IN (${placeholders(part.length)})`,
      [resource, ...part],
    );
    for (const { record_key: key, version } of held) {
      const bad = version === null ? '' : normalizeSqlDateTime(version);
      if (protectedUpTo !== undefined && bad > (versions.get(key) ?? '') && bad <= protectedUpTo) continue;
      const values: SqlValue[] = [resource, key];
      await session.run('DELETE FROM etl_quarantine WHERE resource = ? AND record_key = ?', values);
    }
  }
}

/** Deletes the entries of deleted records. */
export async function deleteQuarantined(
  session: Session,
  resource: string,
  keys: readonly string[],
): Promise<void> {
  for (const part of chunk(keys, 1000)) {
    await session.run(
      `DELETE FROM etl_quarantine WHERE resource = ? AND record_key IN (${placeholders(part.length)})`,
      [resource, ...part],
    );
  }
}

/**
 * For use after a census in which every record has a key, or after a whole read: records without one have disappeared or have
 * a key now.
 * @param before keeps entries of this run and of later ones, which have seen them.
 */
export async function deleteWithoutKey(session: Session, resource: string, before?: number): Promise<void> {
  const [seen, values] = before === undefined ? ['', []] : [' AND run_id < ?', [String(before)]];
  await session.run(`DELETE FROM etl_quarantine WHERE resource = ? AND record_key LIKE 'no-key:%'${seen}`, [
    resource,
    ...values,
  ]);
}

/** Deletes entries of these parents' child sets that were not seen when the sets were fetched. */
export async function clearQuarantinedSets(
  session: Session,
  resource: string,
  parents: readonly string[],
  seen: ReadonlySet<string>,
): Promise<void> {
  for (const part of chunk([...parents].sort(), 1000)) {
    const held = await session.select<{ key: string }>(
      `SELECT record_key AS \`key\` FROM etl_quarantine WHERE resource = ? AND parent_key IN (${placeholders(part.length)})`,
      [resource, ...part],
    );
    for (const { key } of held) {
      if (seen.has(key)) continue;
      await session.run('DELETE FROM etl_quarantine WHERE resource = ? AND record_key = ?', [resource, key]);
    }
  }
}

/** Reads the parents of entries, so that their child sets can be fetched again. */
export async function readQuarantinedParents(
  session: Session,
  resource: string,
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await session.select<{ parent: string | null }>(
    `SELECT DISTINCT parent_key AS parent FROM etl_quarantine WHERE resource = ? AND record_key IN (${placeholders(keys.length)})`,
    [resource, ...keys],
  );
  return rows.flatMap(({ parent }) => parent ?? []);
}

export async function countQuarantined(session: Session): Promise<Map<string, number>> {
  const rows = await session.select<{ resource: string; n: number }>(
    'SELECT resource, COUNT(*) AS n FROM etl_quarantine GROUP BY resource',
  );
  return new Map(rows.map((row) => [row.resource, row.n]));
}

export type QuarantineEntry = {
  readonly resource: string;
  readonly key: string;
  /** JSON of `Reason[]`. */
  readonly reasons: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly timesSeen: number;
  readonly run: number;
};

const ENTRY_COLUMNS =
  'resource, record_key AS `key`, reasons, first_seen AS firstSeen, last_seen AS lastSeen, ' +
  'times_seen AS timesSeen, run_id AS run';

/** Reads entries, the last seen first. */
export async function listQuarantined(session: Session, limit: number): Promise<QuarantineEntry[]> {
  return session.select<QuarantineEntry>(
    `SELECT ${ENTRY_COLUMNS} FROM etl_quarantine ORDER BY last_seen DESC, resource, record_key LIMIT ${Math.trunc(limit)}`,
  );
}

/** Reads the entries of a key in any dataset, with the records as they were sent. */
export async function readQuarantined(
  session: Session,
  key: string,
): Promise<(QuarantineEntry & { readonly raw: string })[]> {
  return session.select<QuarantineEntry & { raw: string }>(
    `SELECT ${ENTRY_COLUMNS}, raw FROM etl_quarantine WHERE record_key = ? ORDER BY resource`,
    [key],
  );
}

/** Reads the keys of a dataset's entries, in key order, after `last`. */
export async function readQuarantinedKeys(
  session: Session,
  resource: string,
  last: string,
  limit: number,
): Promise<string[]> {
  const rows = await session.select<{ key: string }>(
    'SELECT record_key AS `key` FROM etl_quarantine WHERE resource = ? AND record_key > ? ' +
      `ORDER BY record_key LIMIT ${Math.trunc(limit)}`,
    [resource, last],
  );
  return rows.map((row) => row.key);
}

/** Deletes the entries of one key, or all entries. @returns the number of deleted entries. */
export async function purgeQuarantined(session: Session, key: string | undefined): Promise<number> {
  const { matched } =
    key === undefined
      ? await session.run('DELETE FROM etl_quarantine')
      : await session.run('DELETE FROM etl_quarantine WHERE record_key = ?', [key]);
  return matched;
}

/** Reads which of these keys are in quarantine, with the quarantined version: `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export async function readQuarantinedVersions(
  session: Session,
  resource: string,
  keys: readonly string[],
): Promise<Map<string, string | null>> {
  const held = new Map<string, string | null>();
  for (const part of chunk(keys, 1000)) {
    const rows = await session.select<{ key: string; version: string | null }>(
      'SELECT record_key AS `key`, version_timestamp AS version FROM etl_quarantine ' +
        `WHERE resource = ? AND record_key IN (${placeholders(part.length)})`,
      [resource, ...part],
    );
    for (const { key, version } of rows)
      held.set(key, version === null ? null : normalizeSqlDateTime(version));
  }
  return held;
}

/** Finds which of these keys are in quarantine. */
export async function findQuarantinedKeys(
  session: Session,
  resource: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const held = new Set<string>();
  for (const part of chunk(keys, 1000)) {
    const rows = await session.select<{ key: string }>(
      `SELECT record_key AS \`key\` FROM etl_quarantine WHERE resource = ? AND record_key IN (${placeholders(part.length)})`,
      [resource, ...part],
    );
    for (const { key } of rows) held.add(key);
  }
  return held;
}
