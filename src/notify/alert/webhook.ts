import type { AlertSettings } from '../../model/alert.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import { send } from './http.ts';
import { asSlack, type Notice } from './notice.ts';

/** Posts a notice once. @throws RetryableError or FailedError, see `send`. */
export async function postNotice(
  { url, format }: NonNullable<AlertSettings['webhook']>,
  notice: Notice,
  signal: AbortSignal,
  proxies?: ProxySettings,
): Promise<void> {
  const body = format === 'slack' ? asSlack(notice) : notice;
  await send({ op: 'post alert', variable: 'ALERT_WEBHOOK_URL', address: url, proxies, body }, signal);
}
