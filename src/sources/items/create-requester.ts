import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CredentialsError } from '../../errors.ts';
import { type CheckAddress, isPublicAddress } from '../../http/address-filter.ts';
import type { ApiRules } from '../../http/api-rules.ts';
import { createDownloader, type Downloader } from '../../http/download/index.ts';
import { createGetter, type Getter } from '../../http/getter.ts';
import { HOUR_MS, MINUTE_MS } from '../../lib/time.ts';
import type { SourceTools } from '../definition.ts';
import type { SourceType } from '../items.ts';
import { readErrorText } from './error-text.ts';
import type { Requester } from './requester.ts';
import type { Auth } from './settings.ts';

export type RequesterSettings = {
  /** The id of the source. */
  readonly id: string;
  readonly type: SourceType;
  /** The configured address: only its origin receives headers and credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: Auth | undefined;
};

export type RequesterTools = Pick<
  SourceTools,
  'proxies' | 'clock' | 'random' | 'log' | 'meter' | 'onSecret' | 'isInteractive' | 'onProgress'
> &
  Partial<Pick<SourceTools, 'freeBytes' | 'minFreeBytes'>> & {
    /** The source's own folder, for its token. */
    readonly stateFolder: string;
    /** Addresses that other origins may have; public ones unless set. */
    readonly checkAddress?: CheckAddress;
  };

const MAX_HOST = 200;

/** Milliseconds for one request, without its retries. */
const TIMEOUT_MS = MINUTE_MS;

/** Creates the requester of a source. Nothing is requested yet. */
export function createRequester(settings: RequesterSettings, tools: RequesterTools): Requester {
  const { origin, host } = new URL(settings.url);
  const headers = { ...settings.headers, ...headersFor(settings.auth) };
  const getter = createItemGetter({ ...settings, headers }, origin, tools);
  const downloader = createItemDownloader(settings.id, tools);
  const authorize = (url: string): string => withParameter(url, origin, settings.auth);
  return {
    server: `${shortName(host)} ${hash([settings.auth ?? null, settings.headers])}`,
    requests: () => getter.requests() + downloader.requests(),
    get: (url, options, signal) => getter.get({ ...options, url: authorize(url) }, signal),
    download: (url, file, known, signal) => {
      const isOwn = new URL(url).origin === origin;
      const request = {
        url: authorize(url),
        file,
        label: settings.id,
        known: known && { etag: known.etag, lastModified: known.lastModified, bytes: undefined },
      };
      return withOwnToken(isOwn ? getter : undefined, signal, (token) => {
        const own = token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` };
        return downloader.download({ ...request, ownHeaders: isOwn ? own : undefined }, signal);
      });
    },
  };
}

/** Sends a request with the token of a source, and once more with a new one after a 401. */
async function withOwnToken<T>(
  getter: Pick<Getter, 'token' | 'discardToken'> | undefined,
  signal: AbortSignal,
  send: (token: string | undefined) => Promise<T>,
): Promise<T> {
  const token = await getter?.token(signal);
  try {
    return await send(token);
  } catch (error) {
    if (token === undefined || !(error instanceof CredentialsError)) throw error;
    getter?.discardToken();
    return send(await getter?.token(signal));
  }
}

function createItemGetter(settings: RequesterSettings, origin: string, tools: RequesterTools): Getter {
  const { clock, random, log, meter, isInteractive, stateFolder, onSecret } = tools;
  const { id, type, auth } = settings;
  return createGetter({
    origin,
    headers: settings.headers,
    rules: rulesFor(id, type),
    label: id,
    proxies: tools.proxies,
    checkAddress: tools.checkAddress,
    timeout: TIMEOUT_MS,
    maxRetries: isInteractive ? 0 : 4,
    deadline: isInteractive ? 0 : 10 * MINUTE_MS,
    clock,
    random,
    log: log.api,
    meter,
    signIn:
      auth === undefined || !('oauth2' in auth)
        ? undefined
        : {
            credentials: {
              tokenUrl: auth.oauth2,
              clientId: auth.client_id,
              clientSecret: auth.client_secret,
            },
            rules: { scope: auth.scope, send: auth.send, hints: signInHints(id) },
            file: join(stateFolder, 'token.json'),
            onToken: onSecret,
          },
  });
}

function createItemDownloader(id: string, tools: RequesterTools): Downloader {
  const { clock, random, log, meter, isInteractive, stateFolder, proxies } = tools;
  return createDownloader({
    proxies,
    clock,
    random,
    log: log.api,
    meter,
    checkAddress: tools.checkAddress ?? isPublicAddress,
    idleTimeout: MINUTE_MS,
    maxRetries: isInteractive ? 0 : 6,
    deadline: isInteractive ? 0 : HOUR_MS,
    freeBytes: () => tools.freeBytes?.(stateFolder),
    minFree: tools.minFreeBytes ?? 0,
    onProgress: tools.onProgress,
    hint: `check the network of this machine, and url of ${id} in sources.yaml`,
  });
}

/** Headers with credentials that do not change. */
function headersFor(auth: Auth | undefined): Record<string, string> {
  if (auth === undefined) return {};
  if ('bearer' in auth) return { Authorization: `Bearer ${auth.bearer}` };
  if ('header' in auth) return { [auth.header]: auth.value };
  if (!('basic' in auth)) return {};
  return { Authorization: `Basic ${Buffer.from(`${auth.basic}:${auth.password}`).toString('base64')}` };
}

/** Adds the key to an address of the source's own origin. */
function withParameter(address: string, origin: string, auth: Auth | undefined): string {
  if (auth === undefined || !('query' in auth)) return address;
  const url = new URL(address);
  if (url.origin !== origin) return address;
  url.searchParams.set(auth.query, auth.value);
  return url.href;
}

/** Every refusal is final: it is not known which refusals of this server are temporary. */
function rulesFor(id: string, type: SourceType): ApiRules {
  return {
    isOwnRefusal: () => true,
    errorText: readErrorText,
    hints: {
      unreachable: `check the network of this machine, and url of ${id} in sources.yaml`,
      unauthorized: `check auth of ${id} in sources.yaml, and its variables in .env`,
      intercepted: `check url of ${id} in sources.yaml`,
      moved: `check url of ${id} in sources.yaml`,
      forbidden: `check url and auth of ${id} in sources.yaml; the next run tries again`,
      refused: `check ${type === 'api' ? 'url, query, page and since' : 'url'} of ${id} in sources.yaml`,
    },
  };
}

function signInHints(id: string) {
  return {
    credentials: `check client_id, client_secret and scope of ${id} in sources.yaml`,
    token: `check the scope of ${id} in sources.yaml, and what its client may read`,
    intercepted: `check oauth2 of ${id} in sources.yaml`,
    endpoint: `check oauth2 of ${id} in sources.yaml`,
  };
}

/** A name of at most 200 characters: it is stored in a column of 255. */
function shortName(host: string): string {
  return host.length <= MAX_HOST ? host : `${host.slice(0, MAX_HOST - 17)}-${hash(host)}`;
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
