import type { IncomingMessage } from 'node:http';
import {
  acceptsPage,
  measureLatency,
  readSentPath,
  type ServeContext,
  type ServeEnv,
} from '../request-state.ts';
import type { MiddlewareHandler } from '../hono.ts';
import { RequestError } from '../request-error.ts';
import type { ServeTools } from '../tools.ts';
import { checkHost } from './check-host.ts';
import { createCallerFinder } from './find-caller.ts';
import { findNetwork } from './find-network.ts';
import { createRateLimit } from './rate-limit.ts';
import { createAddressReader } from './read-address.ts';
import { readRequestId } from './read-request-id.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

type Guard = MiddlewareHandler<ServeEnv>;

/** The folder of scripts, styles and icons, which are open and not counted. */
export const ASSETS = '/assets/';

/** The folder of stored media files, of which the page of a listing loads a dozen. */
export const FILES = '/files/';

/** What every request passes, in this order. */
export function createGuards(tools: ServeTools, isOpen: (path: string) => boolean): readonly Guard[] {
  return [
    identify(tools),
    logRequest(tools),
    addHeaders,
    checkName(tools),
    allowOrigins(tools),
    allowReadsOnly,
    checkLength,
    findKey(tools),
    limitRate(tools),
    requireKey(isOpen),
  ];
}

function identify({ settings }: ServeTools): Guard {
  const readAddress = createAddressReader(settings.trustedProxies);
  return async (context, next) => {
    const peer = context.env.incoming.socket.remoteAddress ?? '';
    context.set('state', {
      id: readRequestId(context.req.header('x-request-id')),
      start: performance.now(),
      address: readAddress(peer, context.req.header('x-forwarded-for')),
      isTrusted: settings.keys.length === 0,
    });
    await next();
  };
}

/** One line a request. Values of the query are left out: they are what users search for. */
function logRequest({ log }: ServeTools): Guard {
  return async (context, next) => {
    await next();
    const state = context.get('state');
    const { id, caller, address } = state;
    log.info(
      {
        id,
        caller,
        address,
        method: context.req.method,
        path: readSentPath(context),
        status: context.res.status,
        ms: measureLatency(state),
      },
      'request',
    );
  };
}

const addHeaders: Guard = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  }
  context.res.headers.set('x-request-id', context.get('state').id);
};

function checkName({ settings }: ServeTools): Guard {
  const names = [...settings.names, settings.host.includes(':') ? `[${settings.host}]` : settings.host];
  return async (context, next) => {
    const { incoming } = context.env;
    checkHost(listHosts(incoming), names);
    const target = readTargetHost(incoming);
    if (target !== undefined) checkHost([target], names);
    await next();
  };
}

/** The host of a target such as `http://localhost/data`, which takes precedence over `Host`: RFC 9112, 3.2.2. */
function readTargetHost({ url = '' }: IncomingMessage): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
}

/** Node keeps only the first of several in `headers`. */
function listHosts({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, nth) => nth % 2 === 1 && rawHeaders[nth - 1]?.toLowerCase() === 'host');
}

/** Scripts of other origins may read answers only if SERVE_ORIGINS names them; never with credentials of the browser. */
function allowOrigins({ settings }: ServeTools): Guard {
  return async (context, next) => {
    const origin = context.req.header('origin');
    const isAllowed = origin !== undefined && settings.origins.includes(origin);
    if (isAllowed && context.req.method === 'OPTIONS') {
      return context.body(null, 204, {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': 'Authorization, X-API-Key, X-Request-ID, If-None-Match',
        'access-control-max-age': '600',
        vary: 'Origin',
      });
    }
    await next();
    if (!isAllowed) return undefined;
    context.res.headers.set('access-control-allow-origin', origin);
    context.res.headers.set('access-control-expose-headers', EXPOSED);
    context.res.headers.set('cross-origin-resource-policy', 'cross-origin');
    context.res.headers.append('vary', 'Origin');
    return undefined;
  };
}

const EXPOSED =
  'ETag, Link, X-Total-Count, X-Request-ID, X-API-Latency-ms, X-Last-Update, Retry-After, ' +
  'RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset';

const allowReadsOnly: Guard = async (context, next) => {
  if (!['GET', 'HEAD'].includes(context.req.method)) {
    throw new RequestError(405, 'method_not_allowed', 'this server only answers GET and HEAD');
  }
  await next();
};

const MAX_ADDRESS = 8192;

const checkLength: Guard = async (context, next) => {
  if ((context.env.incoming.url ?? '').length > MAX_ADDRESS) {
    throw new RequestError(414, 'address_too_long', `an address may have ${MAX_ADDRESS} characters`);
  }
  await next();
};

function findKey({ settings }: ServeTools): Guard {
  const findCaller = createCallerFinder(settings.keys);
  return async (context, next) => {
    const { req: request } = context;
    const given = { authorization: request.header('authorization'), apiKey: request.header('x-api-key') };
    const caller = findCaller(given);
    if (caller !== undefined) Object.assign(context.get('state'), { caller, isTrusted: true });
    await next();
  };
}

/** After the rate limit: wrong keys count too. */
function requireKey(isOpen: (path: string) => boolean): Guard {
  return async (context, next) => {
    if (!context.get('state').isTrusted && !isOpen(context.req.path)) throw createKeyError(context);
    await next();
  };
}

function createKeyError(context: ServeContext): RequestError {
  context.header(
    'www-authenticate',
    acceptsPage(context) ? 'Basic realm="trestle-etl", charset="UTF-8"' : 'Bearer',
  );
  return new RequestError(401, 'key_required', 'send a key: Authorization: Bearer KEY, or X-API-Key: KEY');
}

function limitRate({ settings, clock }: ServeTools): Guard {
  const take = createRateLimit(settings.rateLimit, clock.now);
  return async (context, next) => {
    const { caller, address, isTrusted } = context.get('state');
    // Every page loads several of them. Without a key, requests for files are counted: they are guesses.
    const { path } = context.req;
    if (path.startsWith(ASSETS) || (isTrusted && path.startsWith(FILES))) return next();
    const { isAllowed, limit, remaining, resetSeconds } = take(
      caller === undefined ? findNetwork(address) : `key ${caller}`,
    );
    context.header('ratelimit-limit', String(limit));
    context.header('ratelimit-remaining', String(remaining));
    context.header('ratelimit-reset', String(resetSeconds));
    if (!isAllowed) {
      context.header('retry-after', String(resetSeconds));
      throw new RequestError(
        429,
        'too_many_requests',
        `more than ${limit} requests in a minute (SERVE_RATE_LIMIT)`,
      );
    }
    await next();
  };
}
