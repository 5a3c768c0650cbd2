import type { Parts } from '../../app/checkup.ts';
import type { ServeSettings } from '../../model/serve-settings.ts';
import { isExposed } from '../../serve/is-exposed.ts';
import { type Check, fail, type Finding, ok, warn } from '../../sources/check.ts';

/** Half of what `openssl rand -hex 24` prints. */
const SHORT_KEY = 24;

/** Checks the settings of `serve`; nothing unless one of them is set. */
export function listServeChecks(parts: Parts | undefined): Check[] {
  const settings = parts?.config.serve;
  if (settings === undefined || !isSet(settings)) return [];
  return [{ name: 'serve', needs: [], run: () => checkServe(settings) }];
}

function isSet({ host, keys, names, origins, hasListings, disclaimer }: ServeSettings): boolean {
  return (
    host !== '127.0.0.1' ||
    [keys, names, origins].some((list) => list.length > 0) ||
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
