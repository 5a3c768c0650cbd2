import { FatalError, RetryableError } from '../errors.ts';
import type { ProxySettings } from '../http/proxy.ts';
import { openAnswer, type OpenAnswer } from '../http/send.ts';
import { ProxyError } from '../http/tunnel.ts';
import { splitAddress } from './alert/address.ts';
import { oneLine } from './alert/notice.ts';

/** One request to an address that the user has set; without a body it is a GET. */
export type NotifyRequest = {
  /** The operation and the setting that names the address: for errors. */
  readonly op: string;
  readonly variable: string;
  readonly address: string;
  /** None unless set. */
  readonly proxies?: ProxySettings | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
};

/** Of an answer that refuses. */
const MAX_READ_BYTES = 2000;

/**
 * Sends it once. Any answer of 2xx is good, whatever is in it. Redirects are not followed: a POST would become a GET, and
 * the message would go to an address that nobody has named. The connection ends with the request: `fetch` keeps one that
 * is not established yet, and with it the process, for ten seconds after it was aborted (Node 20).
 * @throws RetryableError for no answer, 408, 425, 429 and 5xx; FatalError for all else.
 */
export async function sendRequest(
  { op, variable, address, proxies, body }: NotifyRequest,
  signal: AbortSignal,
): Promise<void> {
  const answer = await open(address, body, signal, proxies).catch((cause: unknown) => {
    const reason = signal.aborted ? 'no answer in time' : reasonOf(cause);
    const settings = cause instanceof ProxyError ? ', HTTPS_PROXY and NO_PROXY' : ' and the network';
    throw new RetryableError(`${variable}: ${reason}`, { op, cause, hint: `check ${variable}${settings}` });
  });
  try {
    if (answer.status < 200 || answer.status > 299) {
      throw refusalError(op, variable, answer, await readStart(answer.body));
    }
  } finally {
    answer.close();
  }
}

async function open(
  address: string,
  body: unknown,
  signal: AbortSignal,
  proxies: ProxySettings | undefined,
): Promise<OpenAnswer> {
  const { url, headers } = splitAddress(address);
  const common = { ...headers, 'user-agent': 'trestle-etl', 'accept-encoding': 'identity' };
  if (body === undefined)
    return openAnswer({ method: 'GET', url: url.href, headers: common }, signal, proxies);
  const typed = { ...common, 'content-type': 'application/json; charset=utf-8' };
  const request = { method: 'POST', url: url.href, headers: typed, body: JSON.stringify(body) } as const;
  return openAnswer(request, signal, proxies);
}

function refusalError(
  op: string,
  variable: string,
  { status, headers }: OpenAnswer,
  text: string,
): FatalError | RetryableError {
  const message = `${variable}: answered with status ${status}${text === '' ? '' : `: ${text}`}`;
  if (status >= 300 && status < 400) {
    return new FatalError(message, {
      op,
      hint: `redirects are not followed: set ${variable} to where it leads`,
    });
  }
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) {
    return new FatalError(message, { op, hint: `check ${variable}` });
  }
  const wait = headers['retry-after'] ?? '';
  const retryAfter = /^\d{1,6}$/.test(wait) ? Number(wait) * 1000 : undefined;
  return new RetryableError(message, { op, retryAfter });
}

/** The start of a body as one line, also of a body that breaks off. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of body) {
      bytes = Buffer.concat([bytes, chunk]).subarray(0, MAX_READ_BYTES);
      if (bytes.length === MAX_READ_BYTES) break;
    }
  } catch {
    // What has come is enough.
  }
  return oneLine(bytes.toString(), 200);
}

/** For a name with several addresses, the reason of each. */
function reasonOf(error: unknown): string {
  const all = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const reasons = all.map((each) => {
    const { code, message } = each as { code?: string; message?: string };
    return code === undefined || message?.includes(code) === true ? message : `${code}: ${message}`;
  });
  return oneLine([...new Set(reasons)].join('; '), 300);
}
