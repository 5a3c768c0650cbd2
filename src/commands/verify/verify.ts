import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { ConfigError, FatalError, UsageError } from '../../errors.ts';
import { formatTable } from '../../lib/table.ts';
import type { Coverage } from '../../sources/coverage.ts';
import { type Parity, verify } from '../../run/repair/verify.ts';
import { readCoverage } from '../shared/read-coverage.ts';
import { hasReleases } from '../../report/has-releases.ts';
import { requireFeed } from '../shared/require-feed.ts';
import { readInstant } from '../shared/read-instant.ts';
import { selectResourcesWithKeys } from '../shared/select-resources-with-keys.ts';
import { selectResources } from '../shared/select-resources.ts';
import { saveVerified, type VerifiedCount } from '../shared/verified.ts';
import { verifySource } from './verify-release.ts';
import { verifyStoredPayloads } from './verify-stored.ts';
import type { VerifyFlags } from './index.ts';

/** Printed keys of each kind; the counts are complete. */
const MAX_NAMED = 100;

/** Verifies the feed, or one source. @throws UsageError for an unknown source; FatalError if something differs. */
export async function verifyChosen(
  context: Context,
  source: string | undefined,
  flags: VerifyFlags,
  print: (text: string) => void,
): Promise<void> {
  const id = source ?? context.tools.source.id;
  if (hasReleases(context, id))
    return verifySource(context, context.sourceNamed(id, true).tools, flags, print);
  const opened = source === undefined ? context : { ...context, ...context.sourceNamed(source) };
  requireFeed(opened, 'verify');
  return verifyFeed(opened, flags, print);
}

/**
 * Compares every stored key and version with the feed, and lists the differences. Writes nothing to the database.
 * @throws FatalError if something differs: exit code 1, for scripts.
 */
async function verifyFeed(
  context: Context,
  flags: VerifyFlags,
  print: (text: string) => void,
): Promise<void> {
  refuseConflictingFlags(flags);
  // A repair migrates the tables.
  if (flags.repair !== true && !(await hasTables(context.database))) {
    throw new ConfigError('there is nothing to verify yet', {
      op: 'verify',
      hint: 'run trestle-etl full-load first',
    });
  }
  if (flags.stored === true) {
    return verifyStoredPayloads(context, selectResources(context.resources, flags.resources), flags, print);
  }
  const wanted =
    flags.resources === undefined
      ? selectResourcesWithKeys(context)
      : selectResources(context.resources, flags.resources);
  const since = flags.since === undefined ? undefined : readInstant(flags.since, context.tools.clock.now());
  const found: [string, Parity][] = [];
  const licensed = await readCoverage(context.database, context.tools.source, wanted);
  const skipped = licensed.filter(({ unavailable }) => unavailable !== undefined);
  for (const { dataset, unavailable } of licensed) {
    if (unavailable === undefined) found.push([dataset.name, await verify(context.tools, dataset, since)]);
  }
  if (since === undefined) keepResult(context, found);
  print(
    flags.json === true
      ? formatJson(found, context)
      : formatText(found, skipped, context.tools.source.requests()),
  );
  const wrong = found.filter(
    ([, { missing, stale, extra }]) => missing.length + stale.length + extra.length > 0,
  );
  if (wrong.length === 0) return;
  throw new FatalError(`not in step with the feed: ${wrong.map(([name]) => name).join(', ')}`, {
    op: 'verify',
    hint: 'trestle-etl sync fetches newer versions, trestle-etl reconcile repairs the rest',
  });
}

/** Keeps the counts for the dashboard. */
function keepResult({ config, tools }: Context, found: readonly [string, Parity][]): void {
  const at = tools.clock.now();
  const counts = found.map(([name, { upstream, here, missing, stale, extra }]): [string, VerifiedCount] => [
    name,
    { at, upstream, here, missing: missing.length, stale: stale.length, extra: extra.length },
  ]);
  try {
    saveVerified(config.stateDir, Object.fromEntries(counts));
  } catch (err) {
    tools.log.main.warn({ err }, 'the result of verify could not be kept for the dashboard');
  }
}

/** @throws UsageError */
function refuseConflictingFlags({ stored, repair, since }: VerifyFlags): void {
  const message =
    repair === true && stored !== true
      ? '--repair needs --stored: it rewrites rows from their stored payloads'
      : '--stored reads every row: it takes no --since';
  if ((repair === true && stored !== true) || (stored === true && since !== undefined)) {
    throw new UsageError(message, { op: 'read arguments', hint: 'trestle-etl verify --help' });
  }
}

function formatJson(found: readonly [string, Parity][], { tools }: Context): string {
  return JSON.stringify({ calls: tools.source.requests(), resources: Object.fromEntries(found) }, null, 2);
}

function formatText(found: readonly [string, Parity][], skipped: readonly Coverage[], calls: number): string {
  const rows = found.map(([name, parity]) => [
    name,
    ...[parity.upstream, parity.here].map((number) => number.toLocaleString('en')),
    ...[parity.missing, parity.stale, parity.extra].map((keys) => keys.length.toLocaleString('en')),
  ]);
  const head = ['resource', 'in the feed', 'stored', 'missing', 'stale', 'extra'];
  return [
    ...formatTable([head, ...rows], new Set([1, 2, 3, 4, 5])),
    ...found.flatMap(([name, { missing, stale, extra }]) => [
      ...formatKeys(`${name} missing`, missing),
      ...formatKeys(`${name} stale`, stale),
      ...formatKeys(`${name} extra`, extra),
    ]),
    ...skipped.map(({ dataset, unavailable }) => `${dataset.name}: skipped, ${unavailable}`),
    `${calls} calls`,
  ].join('\n');
}

function formatKeys(title: string, keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const more = keys.length > MAX_NAMED ? ` … and ${keys.length - MAX_NAMED} more` : '';
  return [`${title}: ${keys.slice(0, MAX_NAMED).join(' ')}${more}`];
}
