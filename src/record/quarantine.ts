import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Reject, Row } from '../model/row.ts';
import { UNIQUE_CLASH } from '../model/unique-clash.ts';

/** A record too large for the server's packets is kept in part: enough to see what it was. */
const MOST_RAW = 500_000;

type Quarantining = {
  readonly run: number;
  readonly source: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly at: string;
  readonly maxBytes: number;
};

/** Keeps what can't be a row, once for each key, with the newest version's text and reasons. */
export async function quarantine(
  session: Session,
  { resource, rules }: { readonly resource: string; readonly rules: string },
  rejects: readonly Reject[],
  { run, source, at, maxBytes }: Quarantining,
): Promise<void> {
  // Four bytes of UTF-8 for a character at most.
  const most = Math.min(MOST_RAW, Math.floor(maxBytes / 4));
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
        reject.raw.slice(0, most),
        JSON.stringify(reject.reasons),
        rules,
        String(run),
        at,
        at,
      ],
    );
  }
}

/** What is wrong with records that are held, by what they are judged by now; of what is kept in part it can't be told. */
export async function renewReasons(
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

/** Notes that these entries, if they are still there, were judged by these rules. */
export async function markJudged(
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
 * Keys of entries that may fit now, in their order, after `last`: those that were judged by other rules than these, and
 * those that only another record kept out.
 */
export async function retryableKeys(
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
 * Clears the entries of records of which a good version came.
 * @param protectedUpTo an entry whose version is newer than the row's, but not later than this, is kept. Undefined: none
 *   is, because the rows are what the feed shows now.
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

/** Clears the entries of these records, as they were deleted. */
export async function forgetQuarantined(
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

/** After a census in which every record has a key: those without one are gone, or have one now. */
export async function forgetWithoutKey(session: Session, resource: string): Promise<void> {
  await session.run("DELETE FROM etl_quarantine WHERE resource = ? AND record_key LIKE 'no-key:%'", [
    resource,
  ]);
}

/** Clears what is held of these parents' sets and was not seen when the sets were fetched. */
export async function clearSets(
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

/** The parents of entries, of which the sets may be fetched anew. */
export async function parentsOf(
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

export type Quarantined = {
  readonly resource: string;
  readonly key: string;
  /** JSON of `Reason[]`. */
  readonly reasons: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly timesSeen: number;
  readonly run: number;
};

const ENTRY =
  'resource, record_key AS `key`, reasons, first_seen AS firstSeen, last_seen AS lastSeen, ' +
  'times_seen AS timesSeen, run_id AS run';

/** Entries, the last seen first. */
export async function listQuarantined(session: Session, most: number): Promise<Quarantined[]> {
  return session.select<Quarantined>(
    `SELECT ${ENTRY} FROM etl_quarantine ORDER BY last_seen DESC, resource, record_key LIMIT ${Math.trunc(most)}`,
  );
}

/** The entries of a key with the records as they came, whatever their resource. */
export async function readQuarantined(
  session: Session,
  key: string,
): Promise<(Quarantined & { readonly raw: string })[]> {
  return session.select<Quarantined & { raw: string }>(
    `SELECT ${ENTRY}, raw FROM etl_quarantine WHERE record_key = ? ORDER BY resource`,
    [key],
  );
}

/** Keys of a resource's entries in their order, from after `last` on. */
export async function quarantinedKeys(
  session: Session,
  resource: string,
  last: string,
  most: number,
): Promise<string[]> {
  const rows = await session.select<{ key: string }>(
    'SELECT record_key AS `key` FROM etl_quarantine WHERE resource = ? AND record_key > ? ' +
      `ORDER BY record_key LIMIT ${Math.trunc(most)}`,
    [resource, last],
  );
  return rows.map((row) => row.key);
}

/** Forgets entries: of one key, or all. @returns how many there were. */
export async function purgeQuarantined(session: Session, key: string | undefined): Promise<number> {
  const { matched } =
    key === undefined
      ? await session.run('DELETE FROM etl_quarantine')
      : await session.run('DELETE FROM etl_quarantine WHERE record_key = ?', [key]);
  return matched;
}

/** Of these keys, those in quarantine with the version of the record that is held: `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export async function heldVersions(
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

/** Which of these keys are in quarantine. */
export async function heldKeys(
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
