import type { Checkup, ExaminedSource, Parts } from '../../app/checkup.ts';
import { ConfigError, FatalError } from '../../errors.ts';
import { type Check, failed, ok } from '../../sources/check.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { checkCron } from './cron.ts';
import { listDatabaseChecks } from './database.ts';
import { checkFreshness } from './freshness.ts';
import { listHostChecks } from './hosts.ts';
import { listLockChecks } from './lock.ts';
import { listMediaFileChecks } from './media-files.ts';
import { isOnlyServed, listServeChecks } from './serve.ts';
import { listSetupChecks } from './setup.ts';
import { formatChecks } from './format.ts';
import type { DoctorFlags } from './index.ts';
import { listRemovedChecks } from './removed-sources.ts';
import { listSourceChecks } from './sources.ts';

/**
 * Checks everything that a run needs, one thing after another, and reports what to do. If STATE_DIR exists, writes the
 * token, the known quota and the count of its calls (`usage-….json`, which the next run stores); in the store of media files, a
 * small file that it removes; and nothing else. Sends one
 * request for each resource, and at most two more.
 * @throws FatalError if a check fails.
 */
export async function examine(
  checkup: Checkup,
  flags: DoctorFlags,
  print: (text: string) => void,
): Promise<void> {
  const found = await runChecks(listChecks(checkup));
  const checks = found.map((check) => cleanCheck(check, checkup.clean));
  const failures = checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
  const report = { ok: failures.length === 0, at: new Date(checkup.clock.now()).toISOString(), checks };
  print(flags.json === true ? JSON.stringify(report, null, 2) : formatChecks(checks));
  if (failures.length === 0) return;
  throw new FatalError(`doctor found ${failures.length} problem(s): ${failures.join(', ')}`, {
    op: 'doctor',
    hint: 'the advice is below each',
  });
}

function listChecks(checkup: Checkup): Check[] {
  const { clock, host, place, sources } = checkup;
  const parts = (): Parts => {
    if (checkup.parts === undefined) throw new TypeError('used although the configuration is invalid');
    return checkup.parts;
  };
  // The source is unknown if the configuration is wrong.
  const hasFeed = sources.some(({ source }) => source?.release === undefined && source?.items === undefined);
  return [
    ...listSetupChecks(checkup, parts),
    ...listFieldsChecks(checkup.parts),
    ...listLockChecks(
      host,
      parts,
      sources.map(({ id }) => id),
    ),
    ...listHostChecks(parts, checkup.parts?.servers ?? []),
    ...listDatabaseChecks(parts, isOnlyServed(place, checkup.parts)),
    ...sources.flatMap((source) => listSourceChecks(source, { parts, host, now: () => clock.now() })),
    ...listRemovedChecks(
      parts,
      sources.map(({ id }) => id),
    ),
    ...listMediaFileChecks(checkup, parts),
    ...listServeChecks(checkup.parts),
    { name: 'cron', needs: [], run: async () => checkCron(await host.schedules(), place, hasFeed) },
    ...listFreshnessChecks(sources[0], parts, clock),
  ];
}

/** The age of the tables of the feed; other kinds of source have separate checks. */
function listFreshnessChecks(
  first: ExaminedSource | undefined,
  parts: () => Parts,
  clock: Checkup['clock'],
): Check[] {
  if (first === undefined || first.source?.release !== undefined || first.source?.items !== undefined)
    return [];
  const run: Check['run'] = () => checkFreshness(parts(), first.id, clock.now());
  return [{ name: 'last success', needs: ['tables'], run }];
}

/** Checks the user's own columns, if there are any. */
function listFieldsChecks(parts: Parts | undefined): Check[] {
  if (parts === undefined) return [];
  const { additions, config } = parts;
  const check = (run: Check['run']): Check[] => [
    { name: 'own columns', needs: config.fieldsFile === undefined ? ['state folder'] : [], run },
  ];
  if (additions instanceof ConfigError) return check(() => failed(additions));
  const names = Object.entries(additions).flatMap(([resource, fields]) =>
    Object.keys(fields).map((field) => `${resource}.${field}`),
  );
  if (names.length === 0) return [];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return check(() => ok(`${names.slice(0, 5).join(', ')}${more}`));
}

function cleanCheck(check: CheckResult, clean: (text: string) => string): CheckResult {
  const { what, advice } = check;
  return { ...check, what: clean(what), ...(advice === undefined ? {} : { advice: clean(advice) }) };
}
