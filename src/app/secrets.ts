import type { Config } from '../config/config.ts';
import { listProxySecrets } from '../http/proxy.ts';
import { findSecrets } from '../notify/alert/address.ts';

/** Lists the secrets that no log or message may contain. Tokens are added when they are received. */
export function secretsOf({
  sourceSecrets,
  mysql,
  serve,
  alerts,
  healthcheckUrl,
  proxies,
}: Config): string[] {
  const addresses = [alerts.email?.smtpUrl, alerts.webhook?.url, healthcheckUrl];
  const proxyAddresses = [proxies.https, proxies.http];
  return [
    ...sourceSecrets,
    mysql.password,
    ...serve.keys.map(({ key }) => key),
    ...addresses.flatMap(findSecrets),
    ...proxyAddresses.flatMap(listProxySecrets),
  ];
}
