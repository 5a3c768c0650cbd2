import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { FailedError, RetryableError } from '../../errors.ts';
import { NO_PROXIES, type Proxy, proxyFor, type ProxySettings } from '../../http/proxy.ts';
import { ProxyError, TunnelAgent, tunnelOptions } from '../../http/tunnel.ts';
import { splitAddress } from './address.ts';
import { oneLine } from './notice.ts';

/** One request to an address of the user's; without a body it is a GET. */
export type Request = {
  /** What is under way, and the setting that names the address: for errors. */
  readonly op: string;
  readonly variable: string;
  readonly address: string;
  /** None where it is left away. */
  readonly proxies?: ProxySettings | undefined;
  readonly body?: unknown;
};

/** Bytes that are read of an answer that refuses. */
const MOST_READ = 2000;

/**
 * Sends it once. Any answer of 2xx is good, whatever is in it. Redirects are not followed: a POST would become a GET, and
 * what is told would go to an address that nobody has named. Nothing of it is left when it has ended: `fetch` keeps a
 * connection that is not through yet, and with it the process, for ten seconds after it was told to stop (Node 20).
 * @throws RetryableError for no answer, 408, 425, 429 and 5xx; FailedError for all else.
 */
export async function send(
  { op, variable, address, proxies, body }: Request,
  signal: AbortSignal,
): Promise<void> {
  let response: IncomingMessage;
  try {
    response = await answerOf({ address, body, proxies }, signal);
  } catch (cause) {
    const why = signal.aborted ? 'no answer in time' : reasonOf(cause);
    throw new RetryableError(`${variable}: ${why}`, {
      op,
      cause,
      hint: `check ${variable}${cause instanceof ProxyError ? ', HTTPS_PROXY and NO_PROXY' : ' and the network'}`,
    });
  }
  try {
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw refusal(op, variable, response, await beginning(response));
  } finally {
    response.destroy();
  }
}

/** An answer whose body has not come yet. */
function answerOf(
  { address, body, proxies = NO_PROXIES }: Pick<Request, 'address' | 'body' | 'proxies'>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { url, headers } = splitAddress(address);
  const proxy = proxyFor(url, proxies);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(proxy === undefined || url.protocol === 'https:' ? url : proxy.url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        'user-agent': 'trestle-etl',
        ...(proxy === undefined || url.protocol === 'https:' ? {} : forwarded(url, proxy)),
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(proxy !== undefined && url.protocol === 'http:' ? { path: url.href } : {}),
      // A connection of its own, that is kept for nothing.
      agent: proxy !== undefined && url.protocol === 'https:' ? new TunnelAgent(proxy, false) : false,
      signal,
      ...tunnelOptions(signal),
    });
    sent.once('response', resolve);
    // Also later ones, of an answer that breaks off: nobody waits for those.
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Headers for a proxy that a request by plain HTTP is handed to. */
function forwarded({ host }: URL, { authorization }: Proxy): Record<string, string> {
  return { host, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) };
}

function refusal(
  op: string,
  variable: string,
  { statusCode: status = 0, headers }: IncomingMessage,
  text: string,
): Error {
  const says = text === '' ? '' : `: ${text}`;
  const message = `${variable}: answered with status ${status}${says}`;
  if (status >= 300 && status < 400) {
    return new FailedError(message, {
      op,
      hint: `redirects are not followed: set ${variable} to where it leads`,
    });
  }
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) {
    return new FailedError(message, { op, hint: `check ${variable}` });
  }
  const wait = headers['retry-after'] ?? '';
  const retryAfter = /^\d{1,6}$/.test(wait) ? Number(wait) * 1000 : undefined;
  return new RetryableError(message, { op, retryAfter });
}

/** What an answer says, in a line; also of one that breaks off. */
async function beginning(response: IncomingMessage): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response) {
      text += decoder.decode(chunk as Buffer, { stream: true });
      if (text.length >= MOST_READ) break;
    }
  } catch {
    // What has come says enough.
  }
  return oneLine(text, 200);
}

/** Where a name has several addresses, what each of them said. */
function reasonOf(error: unknown): string {
  const all = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const reasons = all.map((each) => {
    const { code, message } = each as { code?: string; message?: string };
    return code === undefined || message?.includes(code) === true ? message : `${code}: ${message}`;
  });
  return oneLine([...new Set(reasons)].join('; '), 300);
}
