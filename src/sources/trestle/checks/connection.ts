import { type ProxySettings, findProxy } from '../../../http/proxy.ts';
import { fail, failed, type Finding, ok, skipped } from '../../check.ts';
import type { TrestleSettings } from '../settings.ts';
import { type Answer, codeOf, messageOf, stageOf } from './answer.ts';

/** Why a check has no result once the quota is spent. */
export const NOT_ASKED = 'nothing was asked, as the quota is spent';

type Addresses = Pick<TrestleSettings['api'], 'baseUrl' | 'tokenUrl'>;

/** The address that did not answer, and the variable that sets it. */
function findAddress(
  answer: Answer,
  { baseUrl, tokenUrl }: Addresses,
): { variable: string; address: string } {
  const isSignIn = 'error' in answer && answer.error.op === 'sign-in';
  return isSignIn && new URL(tokenUrl).host !== new URL(baseUrl).host
    ? { variable: 'TRESTLE_TOKEN_URL', address: tokenUrl }
    : { variable: 'TRESTLE_API_BASE_URL', address: baseUrl };
}

export function checkAddress(answer: Answer, addresses: Addresses): Finding {
  const stage = stageOf(answer);
  if (stage === 'quota') return skipped(NOT_ASKED);
  const hosts = [addresses.baseUrl, addresses.tokenUrl].map((address) => new URL(address).host);
  if (stage !== 'address') return ok([...new Set(hosts)].join(', '));
  const { variable, address } = findAddress(answer, addresses);
  return fail(
    messageOf(answer),
    `check ${variable} for a slip; if it is right, this machine finds no names: getent hosts ${new URL(address).hostname}`,
  );
}

export function checkConnection(answer: Answer, addresses: Addresses, proxies: ProxySettings): Finding {
  if (stageOf(answer) !== 'connection') {
    const proxy = findProxy(new URL(addresses.baseUrl), proxies);
    const way = addresses.baseUrl.startsWith('https:') ? 'TLS' : 'without TLS, on this machine';
    return ok(proxy === undefined ? way : `${way}, through the proxy ${proxy.name}`);
  }
  const message = messageOf(answer);
  if (codeOf(answer) === 'proxy-failed')
    return fail(message, 'check HTTPS_PROXY and NO_PROXY, in .env and in the environment of cron');
  const { variable, address } = findAddress(answer, addresses);
  return fail(
    message,
    codeOf(answer) === 'tls-failed'
      ? "check this machine's clock; if a proxy of yours opens TLS, give Node.js its authority: NODE_EXTRA_CA_CERTS"
      : `check ${variable}, and that a firewall lets this machine out: curl -v ${address}`,
  );
}

export function checkSignIn(answer: Answer): Finding {
  if (stageOf(answer) === 'sign-in' && 'error' in answer) return failed(answer.error);
  return ok('the API takes the credentials');
}
