import type { ConfigChoice, Parts } from '../../app/checkup.ts';
import type { Session } from '../../db/pool.ts';
import { hasTables } from '../../record/tables.ts';
import type { ServeSettings } from '../../model/serve-settings.ts';
import { isExposed } from '../../serve/is-exposed.ts';
import { readExtraColumns } from '../../serve/routes/listings/extra-columns.ts';
import { type Check, fail, type Finding, ok, skipped, warn } from '../../sources/check.ts';
import { withConnection } from './database.ts';

/** Half of what `openssl rand -hex 24` prints. */
const SHORT_KEY = 24;

/** Checks the settings of `serve`; nothing unless one of them is set. */
export function listServeChecks(parts: Parts | undefined): Check[] {
  const settings = parts?.config.serve;
  if (settings === undefined || !isSet(settings)) return [];
  const checks: Check[] = [{ name: 'serve', needs: [], run: () => checkServe(settings) }];
  if (!settings.hasListings || settings.listingColumns.length === 0) return checks;
  const run: Check['run'] = () =>
    withConnection(parts!.database, (own) => checkColumns(own, settings.listingColumns));
  return [...checks, { name: 'served columns', needs: ['tables'], run }];
}

/** A column that cannot be served is an error that `serve` has at its start too. */
async function checkColumns(session: Session, names: readonly string[]): Promise<Finding> {
  if (!(await hasTables(session))) return skipped('there are no tables yet');
  await readExtraColumns(session, names);
  return ok(names.join(', '));
}

/** Whether a configuration is only for `serve`: a separate one, with settings of `serve`. */
export function isOnlyServed({ profile, envFile }: ConfigChoice, parts: Parts | undefined): boolean {
  return (profile ?? envFile) !== undefined && parts !== undefined && isSet(parts.config.serve);
}

function isSet(settings: ServeSettings): boolean {
  const { host, keys, names, origins, trustedProxies, hasListings, disclaimer } = settings;
  return (
    host !== '127.0.0.1' ||
    [keys, names, origins, trustedProxies].some((list) => list.length > 0) ||
    hasListings ||
    disclaimer !== undefined
  );
}

export function checkServe(settings: ServeSettings): Finding {
  const { host, port, keys, hasListings, disclaimer } = settings;
  const short = keys.filter(({ key }) => key.length < SHORT_KEY).map(({ name }) => name);
  if (isExposed(settings)) {
    return fail(`SERVE_HOST is ${host}, and SERVE_KEYS has no key: serve does not start`, 'set SERVE_KEYS');
  }
  const exposing = [
    ...(settings.names.length > 0 ? ['SERVE_NAMES'] : []),
    ...(settings.trustedProxies.length > 0 ? ['SERVE_TRUST_PROXY'] : []),
  ];
  if (exposing.length > 0 && keys.length === 0) {
    return warn(
      `SERVE_KEYS has no key, but ${exposing.join(' and ')} is set: anyone who reaches the proxy could read it`,
      'set SERVE_KEYS, for example to site: and the output of: openssl rand -hex 24',
    );
  }
  if (short.length > 0) {
    return warn(
      `SERVE_KEYS: ${short.join(', ')} has fewer than ${SHORT_KEY} characters`,
      'replace it with the output of: openssl rand -hex 24',
    );
  }
  if (hasListings && disclaimer === undefined) {
    return warn(
      'SERVE_LISTINGS is on, and SERVE_DISCLAIMER is not set',
      'most licences require a text beside listings: set SERVE_DISCLAIMER to it',
    );
  }
  const who = keys.length === 0 ? 'no key' : `the keys ${keys.map(({ name }) => name).join(', ')}`;
  return ok(`${host}:${port}, ${who}, listings ${hasListings ? 'on' : 'off'}`);
}
